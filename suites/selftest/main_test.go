package selftest

import (
	"os"
	"testing"

	"github.com/rollover-conformance/rollover/netns"
)

func TestMain(m *testing.M) { os.Exit(netns.RunTests(m)) }
