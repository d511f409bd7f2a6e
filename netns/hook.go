package netns

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// roleVar carries, to a process of our own binary, the part it has to play.
// It is removed as soon as it has been read, so that no child inherits it.
const roleVar = "ROLLOVER_NETNS"

// role is a part of our own binary re-executed.
type role struct {
	Part  string // one of the parts below
	Dir   place  `json:",omitempty"` // of the private tmpfs
	Bytes int64  `json:",omitempty"` // its size; 0: the kernel's default
	Main  string `json:",omitempty"` // partInit: the part of the main process

	Foreign []string `json:",omitempty"` // of the namespaces that are handed on, the names
}

// The parts.
const (
	partInit    = "init"    // PID 1 of the sandbox: prepares it, starts main, reaps
	partInside  = "inside"  // main, inside the sandbox
	partProbe   = "probe"   // what doctor runs inside the sandbox instead of main
	partNothing = "nothing" // ends at once: was the clone allowed?
	partProgram = "program" // PID 1 of a program under test
)

// sandbox is what this process knows of the sandbox it is in.
var sandbox struct {
	once   sync.Once
	inside bool
	dir    place // of the private tmpfs

	foreign []*Foreign // as they were handed on
	keeper  *os.File   // the socket of PID 1
	asking  sync.Mutex // one errand at a time
}

// Init plays the part that our own re-execution asks for, and does not return
// when that part ends the process. In an ordinary process it does nothing. It
// must be called before anything else in main and in TestMain; Sandbox and
// RunTests do so themselves.
func Init() {
	var part func() int
	sandbox.once.Do(func() { part = takePart() })
	if part != nil {
		os.Exit(part())
	}
}

// takePart reads our part; nil is that of the main process.
func takePart() func() int {
	text, ok := os.LookupEnv(roleVar)
	if !ok {
		return nil
	}
	os.Unsetenv(roleVar)
	var r role
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		fmt.Fprintf(os.Stderr, "netns: reading %s: %v\n", roleVar, err)
		os.Exit(exitInit)
	}
	switch r.Part {
	case partInside:
		sandbox.inside, sandbox.dir = true, r.Dir
		r.inherit()
		return nil
	case partInit:
		return func() int { return sandboxInit(r) }
	case partProbe:
		sandbox.inside, sandbox.dir = true, r.Dir
		r.inherit()
		return func() int { return probe(os.Stdout) }
	case partProgram:
		return func() int { return programInit(r) }
	case partNothing:
		return func() int { return 0 }
	}
	fmt.Fprintf(os.Stderr, "netns: no such part: %q\n", r.Part)
	return func() int { return exitInit }
}

// exitInit is the exit code of an init of ours that could not do its work; the
// reason went up its report pipe.
const exitInit = 125

// environment is the process's own with our part in it; names that occur in
// set are replaced.
func (r role) environment(base []string, set ...string) []string {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return override(base, append(set, roleVar+"="+string(text))...)
}

// override replaces or adds variables.
func override(base []string, set ...string) []string {
	name := func(v string) string {
		for i := range v {
			if v[i] == '=' && i > 0 {
				return v[:i]
			}
		}
		return v
	}
	replaced := map[string]bool{}
	for _, v := range set {
		replaced[name(v)] = true
	}
	var env []string
	for _, v := range base {
		if !replaced[name(v)] {
			env = append(env, v)
		}
	}
	return append(env, set...)
}
