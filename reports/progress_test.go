package reports

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// sampleLog is the plan of the sample run and the log of its trials.
func sampleLog(t *testing.T) (planned Run, log []byte) {
	t.Helper()
	full := sampleRun()
	var scenarios []rollover.Scenario
	for _, r := range full.Results {
		scenarios = append(scenarios, r.Scenario)
	}
	planned = full.Planned(scenarios)
	var b bytes.Buffer
	p, err := NewProgress(&b, planned)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range full.Results {
		if err := p.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	return planned, b.Bytes()
}

func TestRebuildWhole(t *testing.T) {
	t.Parallel()
	planned, log := sampleLog(t)
	got, err := Rebuild(bytes.NewReader(log), planned)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sampleRun(), got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{})); d != "" {
		t.Errorf("rebuilt run differs (-want +got):\n%s", d)
	}
}

// TestRebuildAfterAKill cuts the log at every length, as kill -9 may.
func TestRebuildAfterAKill(t *testing.T) {
	t.Parallel()
	planned, log := sampleLog(t)
	planned.Stopped = planned.Started
	for n := 0; n < len(log); n += 37 {
		got, err := Rebuild(bytes.NewReader(log[:n]), planned)
		if err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		finished := bytes.Count(log[:n], []byte("\n"))
		left := 0
		for i, r := range got.Results {
			if r.ID != planned.Results[i].ID {
				t.Fatalf("cut at %d: result %d is %s, want %s", n, i, r.ID, planned.Results[i].ID)
			}
			if i >= finished && r.Verdict != rollover.NotRun {
				t.Fatalf("cut at %d: %s is %s, want notRun", n, r.ID, r.Verdict)
			}
			if i >= finished {
				left++
			}
		}
		if finished+left != len(planned.Results) || got.Aborted != Killed {
			t.Fatalf("cut at %d: %d finished, %d left, aborted %q", n, finished, left, got.Aborted)
		}
	}
}

func TestRebuildRefuses(t *testing.T) {
	t.Parallel()
	planned, log := sampleLog(t)
	lines := strings.SplitAfter(string(log), "\n")
	other := planned
	other.Tool.Version = "0.9"
	fewer := planned
	fewer.Results = planned.Results[:3]
	swapped := append([]string{lines[1], lines[0]}, lines[2:]...)
	for _, c := range []struct {
		name, log, want string
		plan            Run
	}{
		{"an edited line", strings.Replace(string(log), `"verdict":"fail"`, `"verdict":"pass"`, 1), "does not follow", planned},
		{"a line taken out", strings.Join(append(lines[:1:1], lines[2:]...), ""), "line 2", planned},
		{"the first taken out", strings.Join(lines[1:], ""), "line 1", planned},
		{"two swapped", strings.Join(swapped, ""), "line 1", planned},
		{"a line twice", lines[0] + string(log), "line 2", planned},
		{"another run's log", string(log), "line 1", other},
		{"another plan", string(log), "line 1", fewer},
		{"no JSON", lines[0] + "garbage\n", "line 2", planned},
		{"an unknown key", strings.Replace(string(log), `{"n":1,`, `{"n":1,"x":1,`, 1), "unknown field", planned},
	} {
		if _, err := Rebuild(strings.NewReader(c.log), c.plan); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestRebuildTakesTheLaterLine(t *testing.T) {
	t.Parallel()
	planned := Run{Started: epoch}.Planned([]rollover.Scenario{{ID: "a"}})
	var b bytes.Buffer
	p, err := NewProgress(&b, planned)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []rollover.Grade{rollover.Fail, rollover.Pass} {
		if err := p.Append(rollover.Result{ID: "a", Verdict: g, Unstable: g == rollover.Pass}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Rebuild(&b, planned)
	if err != nil || len(got.Results) != 1 || got.Results[0].Verdict != rollover.Pass || !got.Results[0].Unstable {
		t.Errorf("got %+v, %v", got.Results, err)
	}
}

func TestProgressFromManyAtOnce(t *testing.T) {
	t.Parallel()
	full := sampleRun()
	planned := full
	var b bytes.Buffer
	p, err := NewProgress(&b, planned)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, r := range full.Results {
		wg.Go(func() {
			if err := p.Append(r); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, err := Rebuild(&b, planned); err != nil {
		t.Error(err)
	}
}

type brokenWriter struct{ left int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(p), nil
}

func TestProgressStaysBroken(t *testing.T) {
	t.Parallel()
	w := &brokenWriter{}
	p, err := NewProgress(w, Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Append(rollover.Result{ID: "a"}); err == nil {
		t.Fatal("a failed write is not reported")
	}
	w.left = 1
	if err := p.Append(rollover.Result{ID: "b"}); err == nil {
		t.Error("the log goes on after a hole")
	}
}
