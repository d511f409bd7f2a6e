package netns

func play(name string) int { return 99 }
