package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// ordinary is a user without any privilege.
const ordinary = 65534

// exitCode runs a command that must end with the given code: the scripts'
// "exitcode 2 rollover run nonsense".
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode CODE COMMAND [ARG ...]")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("exitcode: %v", err)
	}
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("exitcode: %v", err)
	}
	if got != want {
		ts.Fatalf("%v: exit code %d, want %d", args[1:], got, want)
	}
}

// asUser runs rollover as an ordinary user, in a copy of a folder, and writes
// its standard output to a file: "asuser 0 FOLDER OUT judge --json .".
func asUser(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: asuser CODE FOLDER OUT COMMAND [ARG ...]")
	}
	home := userHome(ts)
	ts.Defer(func() { os.RemoveAll(home) })
	ts.Check(os.CopyFS(filepath.Join(home, "copy"), os.DirFS(ts.MkAbs(args[1]))))
	ts.Check(handOver(home))
	cmd := exec.Command(filepath.Join(home, "rollover"), args[3:]...)
	asOrdinary(cmd, home)
	cmd.Dir = filepath.Join(home, "copy")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		ts.Fatalf("asuser: %v", err)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), out.Bytes(), 0o644))
	if got := strconv.Itoa(cmd.ProcessState.ExitCode()); got != args[0] {
		ts.Fatalf("asuser: exit code %s, want %s\n%s%s", got, args[0], out.String(), errs.String())
	}
}

// fataler is a test or a script.
type fataler interface {
	Fatalf(format string, args ...any)
}

// userHome makes a folder below the system's temporary one that an ordinary
// user can reach, with a copy of this program in it.
func userHome(t fataler) string {
	home, err := os.MkdirTemp("/tmp", "rollover-user-")
	if err == nil {
		err = os.Chmod(home, 0o755)
	}
	if err == nil {
		err = copySelf(filepath.Join(home, "rollover"))
	}
	if err != nil {
		t.Fatalf("making a home: %v", err)
	}
	return home
}

// copySelf copies this program, which plays rollover under that name. Another
// process does it: a descriptor open for writing here could be inherited by
// whatever a parallel test starts meanwhile, and the copy would be "busy".
func copySelf(to string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	out, err := exec.Command("cp", self, to).CombinedOutput()
	if err != nil {
		return fmt.Errorf("cp: %w: %s", err, out)
	}
	return os.Chmod(to, 0o755)
}

// handOver gives a folder to the ordinary user; whoever is one already keeps it.
func handOver(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, ordinary, ordinary)
	})
}

// asOrdinary lets a command run as the ordinary user, or as the one we are.
func asOrdinary(cmd *exec.Cmd, home string) {
	cmd.Env = append(cmd.Environ(), "HOME="+home)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ordinary, Gid: ordinary}}
	}
}

// jsonFile checks that a file holds one JSON value and nothing else, and that
// each path leads to a value in it: "json result.json verdict capture.frames".
// A path with = behind it must lead to that value.
func jsonFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: json FILE [PATH[=VALUE] ...]")
	}
	value := readJSONFile(ts, args[0])
	for _, arg := range args[1:] {
		path, want, compare := strings.Cut(arg, "=")
		got, ok := at(value, path)
		if !ok {
			ts.Fatalf("%s: no %s", args[0], path)
		}
		if text := jsonText(got); compare && text != want {
			ts.Fatalf("%s: %s is %s, want %s", args[0], path, text, want)
		}
	}
}

func readJSONFile(ts *testscript.TestScript, name string) any {
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(name)))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		ts.Fatalf("%s: %v", name, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		ts.Fatalf("%s: something follows the JSON value", name)
	}
	return value
}

// at follows a path such as results.0.verdict.
func at(value any, path string) (any, bool) {
	for key := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[key]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

func jsonText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// sameJSON checks that paths lead to the same values in two files:
// "samejson result.json judged.json 0. verdict findings", where the third is
// put before each path in the second file.
func sameJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: samejson FILE FILE PREFIX PATH ...")
	}
	a, b := readJSONFile(ts, args[0]), readJSONFile(ts, args[1])
	for _, path := range args[3:] {
		x, okX := at(a, path)
		y, okY := at(b, args[2]+path)
		if !okX || !okY || !reflect.DeepEqual(x, y) {
			ts.Fatalf("%s: %s in %s, %s in %s", path, jsonText(x), args[0], jsonText(y), args[1])
		}
	}
}

// truncate cuts a file to so many bytes.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILE BYTES")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}

// folders checks how many folders lie in a folder.
func folders(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: folders FOLDER COUNT")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	n := 0
	for _, e := range entries {
		if e.IsDir() {
			n++
		}
	}
	if strconv.Itoa(n) != args[1] {
		ts.Fatalf("%s: %d folders, want %s", args[0], n, args[1])
	}
}
