package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// What the scripts below are made of. In a target's shell $0 is the server's
// address and $1 the URL.
const (
	serveIt     = "./rollover serve --listen $0 --clip 2s >/dev/null 2>&1"
	watchIt     = "./rollover watch --timing brisk $1 >/dev/null 2>&1"
	onceVisited = `until grep -q ':022A [0-9A-F]*:[0-9A-F]* 01 ' /proc/net/tcp; do sleep 0.01; done` // a client has connected
	knock       = "exec 3<>/dev/tcp/$0/554"
)

// misbehaviour is a program under test that does what none should.
type misbehaviour struct {
	name    string
	role    rollover.Party
	script  string
	verdict rollover.Grade
	says    string // in a finding that decided
}

var misbehaviours = []misbehaviour{
	// Never ready, or gone before the first frame of a client: nothing can be said.
	{name: "exits at once", role: rollover.PartyServer, script: "exit 0", verdict: rollover.Error, says: "exit code 0"},
	{name: "fails at once", role: rollover.PartyServer, script: "echo out of paper; exit 1", verdict: rollover.Error, says: "out of paper"},
	{name: "crashes at once", role: rollover.PartyServer, script: "kill -SEGV $$", verdict: rollover.Error, says: "segmentation"},
	{name: "never listens", role: rollover.PartyServer, script: "exec sleep 1000", verdict: rollover.Error, says: "nothing listens on tcp/554"},
	{name: "goes into the background", role: rollover.PartyServer, script: "setsid " + serveIt + " & exit 0", verdict: rollover.Error, says: "it ended"},
	{name: "exits at once", role: rollover.PartyClient, script: "exit 1", verdict: rollover.Error, says: "without a frame"},
	{name: "crashes at once", role: rollover.PartyClient, script: "kill -SEGV $$", verdict: rollover.Error, says: "without a frame"},
	{name: "goes into the background", role: rollover.PartyClient, script: "(sleep 5; " + watchIt + ") & exit 0", verdict: rollover.Error, says: "without a frame"}, // what it left behind ends before it begins
	{name: "never begins", role: rollover.PartyClient, script: "exec sleep 1000", verdict: rollover.Error, says: "sent no frame"},

	// Gone or silent after it: that is a program's own doing.
	{name: "dies of its client", role: rollover.PartyServer, script: serveIt + " & " + onceVisited + "; kill -9 $!; exit 1", verdict: rollover.Fail}, // its client may be gone, and the trial over, before its end is seen
	{name: "hangs with its client", role: rollover.PartyServer, script: serveIt + " & " + onceVisited + "; kill -STOP $!; exec sleep 1000", verdict: rollover.Fail},
	{name: "dies once connected", role: rollover.PartyClient, script: knock + "; kill -9 $$", verdict: rollover.Fail},
	{name: "gives up once connected", role: rollover.PartyClient, script: knock + "; exit 1", verdict: rollover.Fail},
	{name: "hangs once connected", role: rollover.PartyClient, script: knock + "; exec sleep 1000", verdict: rollover.Fail},

	// No manners, but no harm either.
	{name: "forks", role: rollover.PartyServer, script: "for i in 1 2 3; do setsid sleep 1000 & done; exec " + serveIt, verdict: rollover.Pass},
	{name: "forks", role: rollover.PartyClient, script: "for i in 1 2 3; do setsid sleep 1000 & done; exec " + watchIt, verdict: rollover.Pass},
	{name: "will not end", role: rollover.PartyServer, script: "trap '' TERM; setsid " + serveIt + " & while :; do sleep 1000; done", verdict: rollover.Pass},
	{name: "will not end", role: rollover.PartyClient, script: "trap '' TERM; " + watchIt + "; while :; do sleep 1000; done", verdict: rollover.Pass},
	{name: "floods its output", role: rollover.PartyServer, script: "yes flood & exec " + serveIt, verdict: rollover.Pass},
	{name: "floods its output", role: rollover.PartyClient, script: "yes flood & exec " + watchIt, verdict: rollover.Pass},
	{name: "fills the disk", role: rollover.PartyServer, script: "dd if=/dev/zero of=$HOME/x bs=1M; exec " + serveIt, verdict: rollover.Pass},
	{name: "fills the disk", role: rollover.PartyClient, script: "dd if=/dev/zero of=$HOME/x bs=1M; exec " + watchIt, verdict: rollover.Pass},
}

// verdictWithin is the longest that any of them may take: what the client's
// lawful timers add up to, a margin, and a machine that does much beside.
const verdictWithin = 90 * time.Second

// mostLog is what is kept of a program's output, with the note that it was cut.
const mostLog = 4<<20 + 100

// TestMisbehavingPrograms plays one trial with each, all at once: most of their
// time is waiting for them. What the machine spoilt meanwhile has no verdict.
func TestMisbehavingPrograms(t *testing.T) {
	needLab(t)
	t.Parallel()
	p := newProgram(t, false)
	play := func(t *testing.T, n, try int) *started {
		return p.start(t, "play", "--target", fmt.Sprintf("target-%d.yaml", n), "--out", fmt.Sprintf("out-%d-%d", n, try), "rtsp/open/rtspu")
	}
	var first []*started
	for n, m := range misbehaviours {
		if err := os.WriteFile(filepath.Join(p.home, fmt.Sprintf("target-%d.yaml", n)), []byte(m.target()), 0o644); err != nil {
			t.Fatal(err)
		}
		first = append(first, play(t, n, 0))
	}
	for n, m := range misbehaviours {
		t.Run(fmt.Sprintf("%s %s", m.role, m.name), func(t *testing.T) {
			playing := first[n]
			for try := 0; ; try++ {
				dir := filepath.Join(p.home, fmt.Sprintf("out-%d-%d", n, try))
				r := playing.result(t, dir)
				if try < 3 && r.Verdict == rollover.Error && r.Setup.Unsteady() {
					playing = play(t, n, try+1)
					continue
				}
				m.check(t, playing, r, dir)
				return
			}
		})
	}
}

// result waits for a trial that is being played.
func (s *started) result(t *testing.T, dir string) (r rollover.Result) {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(verdictWithin):
		t.Fatalf("no verdict within %v", verdictWithin)
	}
	readJSON(t, filepath.Join(dir, evidence.ResultFile), &r)
	return r
}

func (m misbehaviour) check(t *testing.T, played *started, r rollover.Result, dir string) {
	if r.Verdict != m.verdict {
		t.Fatalf("%s, want %s\n%s%s", r.Verdict, m.verdict, played.out.String(), played.errs.String())
	}
	want := map[rollover.Grade]int{rollover.Pass: exitPass, rollover.Fail: exitFail, rollover.Error: exitRig}[m.verdict]
	if code := played.ProcessState.ExitCode(); code != want {
		t.Errorf("exit code %d, want %d", code, want)
	}
	blamed := map[rollover.Grade]rollover.Party{rollover.Fail: m.role, rollover.Error: rollover.PartyRig}[m.verdict]
	if m.verdict != rollover.Pass && !slices.ContainsFunc(r.Findings, func(f rollover.Finding) bool {
		return f.Party == blamed && !f.Note && strings.Contains(f.Seen, m.says)
	}) {
		t.Errorf("the %s is not blamed for %q: %+v", blamed, m.says, r.Findings)
	}
	log, err := os.Stat(filepath.Join(dir, string(m.role)+".log"))
	if err != nil || log.Size() > mostLog {
		t.Errorf("its log: %v, %d bytes", err, log.Size())
	}
}

func (m misbehaviour) target() string {
	text := fmt.Sprintf(`vendor: Nobody
product: one that %s
role: %s
claims: {dialects: [wmp11], wms: ["9.1"], rungs: [RTSPU, RTSPT, HTTP]}
start:
  exec: [bash, -c, %q, "{{.Host}}", "{{.URL}}"]
`, m.name, m.role, m.script)
	if m.role == rollover.PartyServer {
		text += "  ready: {listen: [tcp/554], within: 20s}\n"
	}
	if strings.Contains(m.name, "never") {
		text = strings.Replace(text, "20s", "1s", 1)
	}
	return text
}
