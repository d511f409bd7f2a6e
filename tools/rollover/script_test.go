package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rollover": main})
}

// TestScript runs the scripts of testdata/script: commands as a user types
// them, with the files they need at the end of each.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
		},
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") == "1",
	})
}
