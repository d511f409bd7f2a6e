package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// runsFolder holds the folders of runs that name none.
const runsFolder = "runs"

// checkFolder finds, before anything is played, a folder that may not be
// written to. allowed is asked about one that the user named.
func checkFolder(out string, allowed func(string) error) error {
	if out == "" {
		if err := writable(runsFolder); err != nil {
			return fmt.Errorf("%w (--out names another place)", err)
		}
		return nil
	}
	if err := allowed(out); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if err := writable(out); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}

// makeFolder makes the folder that was asked for, or a new one below runs that
// is named by the time; a second one of the same second gets a suffix.
func makeFolder(out string) (string, error) {
	if out != "" {
		return out, os.MkdirAll(out, 0o755)
	}
	if err := os.MkdirAll(runsFolder, 0o755); err != nil {
		return "", err
	}
	stamp := filepath.Join(runsFolder, time.Now().UTC().Format("20060102T150405Z"))
	dir := stamp
	for n := 2; ; n++ {
		err := os.Mkdir(dir, 0o755)
		if !errors.Is(err, os.ErrExist) {
			return dir, err
		}
		dir = fmt.Sprintf("%s-%d", stamp, n)
	}
}

// writable reports why a folder, which need not exist yet, cannot be written
// to.
func writable(dir string) error {
	for {
		err := unix.Access(dir, unix.W_OK|unix.X_OK)
		if !errors.Is(err, os.ErrNotExist) {
			if err != nil {
				return fmt.Errorf("%s cannot be written to: %w", dir, err)
			}
			if info, err := os.Stat(dir); err == nil && !info.IsDir() {
				return fmt.Errorf("%s is no folder", dir)
			}
			return nil
		}
		dir = filepath.Dir(dir)
	}
}
