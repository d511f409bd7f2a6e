package netns

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// place is where a sandbox has its private tmpfs. Nothing below it is on a
// disk, and all of it is gone with the last process of the sandbox.
type place string

// tmp is the TMPDIR of the sandbox.
func (p place) tmp() string { return filepath.Join(string(p), "tmp") }

// home is where each program mounts its own directory.
func (p place) home() string { return filepath.Join(string(p), "home") }

// etc is where each program's init keeps the files it puts over those in /etc.
func (p place) etc() string { return filepath.Join(string(p), "etc") }

// mount makes the tmpfs and its directories; size 0 is the kernel's default.
func (p place) mount(size int64) error {
	if err := mountTmpfs(string(p), size, "mode=1777"); err != nil {
		return err
	}
	for _, d := range []struct {
		path string
		mode os.FileMode
	}{
		{p.tmp(), 0o777 | os.ModeSticky},
		{p.home(), 0o755},
		{p.etc(), 0o755},
	} {
		// Chmod, because Mkdir obeys the caller's umask.
		if err := errors.Join(os.Mkdir(d.path, 0o700), os.Chmod(d.path, d.mode)); err != nil {
			return err
		}
	}
	return nil
}

// privateDirs are directories that nearly every machine has and nearly nobody
// keeps data in. Mounting over one that exists leaves nothing behind, not even
// an empty directory, when everything is killed.
var privateDirs = []string{"/dev/shm", "/mnt", "/media", "/srv"}

// choosePlace chooses where to mount: over a directory that hides nothing this
// process uses.
func choosePlace() (place, error) {
	var used []string
	if wd, err := os.Getwd(); err == nil {
		used = append(used, wd)
	}
	if exe, err := os.Executable(); err == nil {
		used = append(used, exe)
	}
	for _, a := range os.Args {
		used = append(used, a, a[strings.Index(a, "=")+1:]) // -test.coverprofile=/dev/shm/x
	}
	for _, v := range []string{"HOME", "TMPDIR", "GOCOVERDIR"} {
		used = append(used, os.Getenv(v))
	}
	for _, dir := range privateDirs {
		if i, err := os.Stat(dir); err == nil && i.IsDir() && !slices.ContainsFunc(used, within(dir)) {
			return place(dir), nil
		}
	}
	return "", fmt.Errorf("none of %s exists and is free", strings.Join(privateDirs, ", "))
}

// within tells whether a path is in a directory or is it.
func within(dir string) func(string) bool {
	return func(path string) bool {
		path = filepath.Clean(path)
		return path == dir || strings.HasPrefix(path, dir+"/")
	}
}
