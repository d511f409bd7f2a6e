package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNothingIsLeft ends runs at a random moment, with every signal a run meets
// in practice, and looks for what is left of them: processes, namespaces,
// mounts, and files elsewhere than in the run's folder.
func TestNothingIsLeft(t *testing.T) {
	needLab(t)
	t.Parallel()
	for _, user := range []bool{false, true} {
		for i, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
			t.Run(fmt.Sprintf("user=%v/%v/%d", user, signal, i), func(t *testing.T) {
				t.Parallel()
				endEarly(t, newProgram(t, user), signal)
			})
		}
	}
}

func endEarly(t *testing.T, p program, signal syscall.Signal) {
	before := mounts(t)
	run := p.start(t, "run", "--out", "run", "--quiet", "rtsp/no-udp", "rtsp/open/*")
	began := time.Now()
	// The moment is drawn, and lies anywhere from the first instruction to the
	// last trial's end; until then the program is watched.
	moment := time.After(time.Duration(rand.Int64N(int64(3 * time.Second))))
	seen := census{namespaces: map[string]bool{}}
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
watching:
	for {
		select {
		case <-moment:
			break watching
		case <-run.done:
			break watching
		case <-look.C:
			for ns := range p.census().namespaces {
				seen.namespaces[ns] = true
			}
		}
	}
	t.Logf("%v after %v, with %d namespaces seen", signal, time.Since(began).Round(time.Millisecond), len(seen.namespaces))
	ended := run.Process.Signal(signal) != nil
	// Nothing but the very first moments of a process leaves a signal that asks
	// for the end its deadly default.
	if code := run.exit(t); signal != syscall.SIGKILL && !ended && code != exitInconclusive && code != -1 {
		t.Errorf("exit code %d, want %d\n%s", code, exitInconclusive, run.errs.String())
	}
	for ns := range ownNamespaces() {
		delete(seen.namespaces, ns)
	}
	eventually(t, "everything is gone", func() error {
		if left := p.census().processes; len(left) > 0 {
			return fmt.Errorf("processes %v", left)
		}
		if left := holders(seen.namespaces); len(left) > 0 {
			return fmt.Errorf("namespaces held by %v", left)
		}
		return nil
	})
	if after := mounts(t); strings.Contains(after, p.home) || mentions(after, seen.namespaces) {
		t.Errorf("mounts before:\n%s\nafter:\n%s", before, after)
	}
	for _, file := range filesBelow(t, p.home) {
		rel, _ := filepath.Rel(p.home, file)
		if rel != "." && rel != "rollover" && rel != "tmp" && rel != "run" && !strings.HasPrefix(rel, "run/") {
			t.Errorf("left behind: %s", rel)
		}
	}
}

// mentions reports whether a table of mounts pins one of the namespaces.
func mentions(table string, namespaces map[string]bool) bool {
	for ns := range namespaces {
		if strings.Contains(table, ns) {
			return true
		}
	}
	return false
}
