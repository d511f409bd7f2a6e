package trial

import (
	"strings"
	"testing"
)

func TestLineLog(t *testing.T) {
	t.Parallel()
	l := &lineLog{line: "ready now", seen: make(chan struct{})}
	for _, piece := range []string{"booting\nrea", "dy n", strings.Repeat(".", 3*lastBytes)} {
		l.Write([]byte(piece))
	}
	select {
	case <-l.seen:
		t.Error("seen what was not written")
	default:
	}
	for _, piece := range []string{"\nready", " now", "\nport is \x1b[31mtaken\x1b[0m \r\n\n \n"} {
		l.Write([]byte(piece))
	}
	select {
	case <-l.seen:
	default:
		t.Error("not seen, although it came in two pieces")
	}
	if got, want := l.lastLine(), "port is [31mtaken[0m"; got != want {
		t.Errorf("last line %q, want %q", got, want)
	}
	if got := (&lineLog{}).lastLine(); got != "" {
		t.Errorf("the last line of nothing: %q", got)
	}
}
