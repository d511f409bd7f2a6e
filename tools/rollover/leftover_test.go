package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Runs are ended early so often, at moments that follow from the seed.
const (
	killsVar = "ROLLOVER_KILLS" // default 10
	seedVar  = "ROLLOVER_SEED"  // default: another each time
)

// TestNothingIsLeft ends runs at a random moment, with every signal a run meets
// in practice, and looks for what is left of them. What they had finished by
// then is in their report.
func TestNothingIsLeft(t *testing.T) {
	needLab(t)
	t.Parallel()
	kills, seed := number(t, killsVar, 10), number(t, seedVar, rand.Uint64())
	t.Logf("%s=%d %s=%d", killsVar, kills, seedVar, seed)
	signals := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT}
	for n := range kills {
		random := rand.New(rand.NewPCG(seed, n))
		h := happening{User: n%2 == 1, Signal: signals[n%3], After: time.Duration(random.Int64N(int64(4 * time.Second)))}
		t.Run(fmt.Sprintf("%d/%v", n, h.Signal), func(t *testing.T) {
			t.Parallel()
			endEarly(t, h, n%5 > 2)
		})
	}
}

// number is a variable of the environment.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// forking is a client under test that leaves children behind it and will not be
// told to end.
const forking = `vendor: Nobody
product: a client that forks
role: client
claims: {dialects: [wmp11], wms: ["9.1"], rungs: [RTSPU, RTSPT, HTTP]}
start:
  exec: [sh, -c, "trap '' TERM; for i in 1 2 3; do (trap '' TERM HUP; setsid sleep 1000) & done; sleep 2; exec sleep 1000"]
`

func endEarly(t *testing.T, h happening, program bool) {
	p := newProgram(t, h.User)
	h.Home = p.home
	h.Argv = []string{p.path, "run", "--out", "run", "--quiet", "rtsp/no-udp", "rtsp/open/*"}
	if program {
		if err := os.WriteFile(filepath.Join(p.home, "forking.yaml"), []byte(forking), 0o644); err != nil {
			t.Fatal(err)
		}
		h.Argv = append(h.Argv, "--target", "forking.yaml")
	}
	a, output := happen(t, h)
	t.Logf("%v after %v, over after %v with code %d", h.Signal, h.After.Round(time.Millisecond), a.Took.Round(time.Millisecond), a.Code)
	// Nothing but the very first moments of a process leaves a signal that asks
	// for the end its deadly default.
	if h.Signal != syscall.SIGKILL && !a.Early && a.Code != exitInconclusive && a.Code != -1 {
		t.Errorf("exit code %d, want %d", a.Code, exitInconclusive)
	}
	for _, thing := range a.Left {
		t.Errorf("left behind: %s", thing)
	}
	if t.Failed() {
		t.Log(output)
	}
	checkReport(t, p, a.Early)
}

// checkReport holds the report of a run that was ended against its log: what
// had finished is in it with its verdict, and all the rest has not run.
func checkReport(t *testing.T, p program, whole bool) {
	dir := filepath.Join(p.home, "run")
	if _, err := os.Stat(filepath.Join(dir, campaign.RecordFile)); err != nil {
		return // it had not begun
	}
	finished := logged(t, filepath.Join(dir, campaign.ProgressFile))
	report := p.start(t, "report", "run")
	code := report.exit(t)
	run := record(t, dir)
	missing := 0
	for id, got := range verdicts(run) {
		want, ok := finished[id]
		if !ok {
			want = rollover.NotRun
			missing++
		}
		if got != want {
			t.Errorf("the report has %s for %s, the log %s", got, id, want)
		}
	}
	t.Logf("%d of %d had finished", len(finished), len(run.Results))
	switch {
	case missing == 0 && code != run.ExitCode(), missing > 0 && code != exitInconclusive:
		t.Errorf("report: exit code %d with %d trials missing", code, missing)
	case missing > 0 && (whole || run.Aborted == ""):
		t.Errorf("%d trials have not run, and the record says %q", missing, run.Aborted)
	case missing == 0 && run.Aborted == reports.Killed:
		t.Error("nothing is missing of a run that is called killed")
	}
}

// logged are the verdicts of a progress log, the last of each trial.
func logged(t *testing.T, file string) map[string]rollover.Grade {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	told := map[string]rollover.Grade{}
	for line := range strings.Lines(string(text)) {
		if !strings.HasSuffix(line, "\n") {
			break // torn
		}
		var entry struct{ Result rollover.Result }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		told[entry.Result.ID] = entry.Result.Verdict
	}
	return told
}

// leaveVar makes this test program one that leaves a socket behind, held by a
// child.
const leaveVar = "ROLLOVER_TEST_LEAVE"

func leaveSocket() error {
	l, err := net.Listen("unix", "@left")
	if err != nil {
		return err
	}
	f, err := l.(*net.UnixListener).File()
	if err != nil {
		return err
	}
	holder := exec.Command("sleep", "1000")
	holder.ExtraFiles = []*os.File{f}
	return holder.Start()
}

// TestLeftoversAreSeen leaves one thing of each kind behind: a check that finds
// nothing must be one that could have.
func TestLeftoversAreSeen(t *testing.T) {
	needLab(t)
	t.Parallel()
	for _, c := range []struct {
		name, script, want string
	}{
		{"nothing", "true", ""},
		{"files of the run", "mkdir -p run/a && echo x >run/a/b", ""},
		{"a process", "setsid sleep 1000 >/dev/null 2>&1 &", "process sleep 1000"},
		{"a temporary file", "mktemp", "file " + "/tmp/"},
		{"a file of TMPDIR", `echo x >"$TMPDIR"/x`, "/tmp/x"},
		{"a file beside the run", "echo x >runner", "/runner"},
		{"a file for all", "echo x >/run/x", "file /run/x"},
		{"a link", "ip link add left type veth peer name right", "link left"},
		{"a mount", "mount -t tmpfs none /mnt", "mount "},
		{"a namespace", "touch /run/ns && unshare --net=/run/ns true", "net:["},
		{"a socket", leaveVar + `=1 "$0"`, "unix socket "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, false)
			a, output := happen(t, happening{Home: p.home, Argv: []string{"sh", "-c", c.script, p.path}})
			if a.Code != 0 {
				t.Fatalf("exit code %d: %s", a.Code, output)
			}
			left := strings.Join(a.Left, "\n")
			if (c.want == "") != (left == "") || !strings.Contains(left, c.want) {
				t.Errorf("found %q, want %q", left, c.want)
			}
		})
	}
}
