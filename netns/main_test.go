package netns

import (
	"os"
	"testing"
)

// toyVar makes the test binary play a toy program instead of testing.
const toyVar = "NETNS_TOY"

func TestMain(m *testing.M) {
	if name, ok := os.LookupEnv(toyVar); ok {
		os.Exit(play(name))
	}
	os.Exit(RunTests(m))
}
