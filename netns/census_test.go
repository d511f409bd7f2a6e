package netns

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
)

// census is what a process must have no more of after a lab than before.
type census struct {
	descriptors int
	goroutines  int
	strangers   int // threads outside of the process's own network namespace
	children    int
}

func (c census) String() string {
	return fmt.Sprintf("%d descriptors, %d goroutines, %d threads elsewhere, %d children", c.descriptors, c.goroutines, c.strangers, c.children)
}

func takeCensus(t testing.TB) census {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	home, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	c := census{descriptors: len(fds), goroutines: runtime.NumGoroutine()}
	for _, task := range tasks {
		at := "/proc/self/task/" + task.Name()
		ns, err := os.Readlink(at + "/ns/net")
		if err == nil && ns != home { // a thread that has just ended has none
			c.strangers++
		}
		text, _ := os.ReadFile(at + "/children")
		c.children += len(strings.Fields(string(text)))
	}
	return c
}

// settles waits until the process has no more of anything than before; the
// runtime lets threads and goroutines go a moment after they end.
func (c census) settles(t *testing.T) {
	t.Helper()
	var now census
	ctx := soon(t, patience)
	for {
		runtime.GC()
		now = takeCensus(t)
		if now.descriptors <= c.descriptors && now.goroutines <= c.goroutines && now.strangers <= c.strangers && now.children <= c.children {
			return
		}
		if err := pause(ctx, 5e6); err != nil {
			buf := make([]byte, 1<<16)
			t.Fatalf("before: %v; now: %v\n%s", c, now, buf[:runtime.Stack(buf, true)])
		}
	}
}

// TestNothingIsLeft uses all that a lab has, many times, and counts.
func TestNothingIsLeft(t *testing.T) {
	needLab(t)
	useLab(t) // what the runtime and the libraries open once, is open after this
	before := takeCensus(t)
	for range 20 {
		useLab(t)
	}
	before.settles(t)
}

func useLab(t *testing.T) {
	t.Helper()
	lab, err := Build(t.Context(), Routed(Options{Rate: 1e9}))
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	if _, err := firstPacket(lab, true); err != nil {
		t.Error(err)
	}
	if _, err := lab.Host(Server).Listening(); err != nil {
		t.Error(err)
	}
	if _, err := lab.Host(Client).DialContext(t.Context(), "tcp", at(lab.Host(Server), false, 80)); err == nil {
		t.Error("a connect to a closed port succeeded")
	}
	p, err := lab.Host(Server).Start(t.Context(), Program{Argv: []string{"sh", "-c", "sleep 1000 & wait"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
