package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rollover-conformance/rollover/netns"
)

var update = flag.Bool("update", false, "rewrite the files that scripts compare with")

func TestMain(m *testing.M) {
	if story := os.Getenv(worldVar); story != "" {
		os.Exit(keepWorld(story))
	}
	if os.Getenv(leaveVar) != "" {
		if err := leaveSocket(); err != nil {
			panic(err)
		}
		os.Exit(0)
	}
	netns.Init()
	// Trials wait more than they work, so more tests than processors can run at
	// once; -parallel still has the last word.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"rollover": underTest})
}

// underTest is the command; a script can forbid it the sandbox.
func underTest() {
	if os.Getenv("FORBID_SANDBOX") == "1" {
		enter = func(netns.SandboxOptions) (bool, int, error) { return false, 0, errors.New("the sandbox is forbidden") }
	}
	main()
}

// TestScript runs the scripts of testdata/script: commands as a user types
// them, with the files they need at the end of each.
func TestScript(t *testing.T) {
	root := t.TempDir()
	if err := os.Chmod(filepath.Dir(root), 0o755); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:         "testdata/script",
		WorkdirRoot: root,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
			"asuser":   asUser,
			"json":     jsonFile,
			"samejson": sameJSON,
			"truncate": truncate,
			"folders":  folders,
			"valid":    valid,
		},
		Condition: condition,
		// A program under test is an ordinary user's, and has to get there.
		Setup:         func(e *testscript.Env) error { return os.Chmod(e.WorkDir, 0o755) },
		UpdateScripts: *update,
	})
}

// condition knows "lab": whether labs can be built here. Where they are
// required the scripts run in any case, and fail where they cannot.
func condition(name string) (bool, error) {
	if name != "lab" {
		return false, fmt.Errorf("unknown condition %q", name)
	}
	return labMissing() == "" || labsRequired(), nil
}

func labsRequired() bool { return os.Getenv("CI") == "true" || os.Getenv(netns.RequireVar) == "1" }

// labMissing says what labs lack here; empty: nothing.
var labMissing = sync.OnceValue(func() string {
	var missing []string
	for _, c := range netns.Checks(context.Background()) {
		if !c.OK {
			missing = append(missing, c.Name+": "+c.Detail)
		}
	}
	return strings.Join(missing, "; ")
})

// needLab skips a test where labs cannot be built, with the reason, and fails
// it where they are required.
func needLab(t *testing.T) {
	t.Helper()
	if why := labMissing(); why != "" {
		if labsRequired() {
			t.Fatalf("labs are required: %s", why)
		}
		t.Skipf("needs a lab: %s", why)
	}
}
