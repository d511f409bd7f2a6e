package campaign

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// spoiltWord is what a script of verdicts calls a play that the machine spoilt.
const spoiltWord = "spoilt"

// script is a lab whose trials say what was written down for them; when it has
// run out, the last word again.
type script struct {
	mu     sync.Mutex
	words  map[string][]string // by scenario
	played []string            // "ID/folder", in the order of the beginnings
	flying int
	most   map[string]int // how many were in flight when a folder of a scenario was begun
	took   time.Duration
}

func (s *script) play(ctx context.Context, p play, n int) rollover.Result {
	name := fmt.Sprintf("%s/%d", p.scenario.ID, n)
	s.mu.Lock()
	words := s.words[p.scenario.ID]
	word := words[min(n, len(words))-1]
	s.played = append(s.played, name)
	s.flying++
	s.most[name] = s.flying
	s.mu.Unlock()
	select {
	case <-time.After(s.took):
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.flying--
	s.mu.Unlock()
	r := rollover.Result{ID: p.scenario.ID, Verdict: rollover.Grade(word), Evidence: name, Scenario: p.scenario}
	r.Setup.Timing = rollover.Brisk
	if word == spoiltWord {
		r.Verdict, r.Setup.Stalled = rollover.Error, time.Second
	}
	return r
}

// scripted plays a campaign of scenarios that have words only.
func scripted(t *testing.T, ctx context.Context, s *script, o Options, ids ...string) reports.Run {
	t.Helper()
	reference, _, err := target.Embedded(target.Reference)
	if err != nil {
		t.Fatal(err)
	}
	all, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	var scenarios []rollover.Scenario
	for _, id := range ids {
		scenario := all[0]
		scenario.ID = id
		scenarios = append(scenarios, scenario)
	}
	o.Out, o.Tool = t.TempDir(), reports.Build{Name: "rollover", Version: "test"}
	c, err := newCampaign(reference, scenarios, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.log.Close()
	s.most, s.took = map[string]int{}, time.Second
	c.playInto = s.play
	c.playOut(ctx)
	run, err := c.close(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestStability(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		words    string // of the plays, in their order
		repeat   int
		once     bool
		verdict  rollover.Grade
		unstable bool
		plays    int
		earlier  string // verdicts that are kept beside
	}{
		{name: "a pass is not played again", words: "pass fail", verdict: rollover.Pass, plays: 1},
		{name: "a fail is verified", words: "fail fail", verdict: rollover.Fail, plays: 2},
		{name: "trouble is verified", words: "error error", verdict: rollover.Error, plays: 2},
		{name: "a fail that goes away", words: "fail pass", verdict: rollover.Pass, unstable: true, plays: 2, earlier: "fail"},
		{name: "a fixture's lapse that becomes a fail", words: "inconclusive fail", verdict: rollover.Fail, unstable: true, plays: 2, earlier: "inconclusive"},
		{name: "trouble that goes away", words: "error pass", verdict: rollover.Pass, unstable: true, plays: 2, earlier: "error"},
		{name: "nothing is verified", words: "fail pass", once: true, verdict: rollover.Fail, plays: 1},

		{name: "the same each time", words: "pass", repeat: 5, verdict: rollover.Pass, plays: 5},
		{name: "one of three differs", words: "pass fail pass", repeat: 3, verdict: rollover.Fail, unstable: true, plays: 3, earlier: "pass pass"},
		{name: "the worst of three", words: "pass error fail", repeat: 3, verdict: rollover.Fail, unstable: true, plays: 3, earlier: "error pass"},
		{name: "the last of three differs", words: "pass pass inconclusive", repeat: 3, verdict: rollover.Inconclusive, unstable: true, plays: 3, earlier: "pass"},
		{name: "a fail each time is verified too", words: "fail fail fail pass", repeat: 3, verdict: rollover.Pass, unstable: true, plays: 4, earlier: "fail"},

		{name: "what the machine spoilt has no verdict", words: "spoilt pass", verdict: rollover.Pass, plays: 2, earlier: "error"},
		{name: "and is made up for where nothing is verified", words: "spoilt pass", once: true, verdict: rollover.Pass, plays: 2, earlier: "error"},
		{name: "once of three times", words: "pass spoilt pass pass", repeat: 3, verdict: rollover.Pass, plays: 4, earlier: "error"},
		{name: "twice of three times", words: "spoilt pass spoilt pass pass", repeat: 3, verdict: rollover.Pass, plays: 5, earlier: "error error"},
		{name: "the play that makes up differs", words: "pass spoilt fail", repeat: 2, verdict: rollover.Fail, unstable: true, plays: 3, earlier: "pass error"},
		{name: "the play that makes up is verified", words: "spoilt fail pass", verdict: rollover.Pass, unstable: true, plays: 3, earlier: "fail error"},
		{name: "the play that verifies is spoilt", words: "fail spoilt pass", verdict: rollover.Pass, unstable: true, plays: 3, earlier: "fail"},
		{name: "the play that verifies is spoilt, and then agrees", words: "fail spoilt fail", verdict: rollover.Fail, plays: 3},
		{name: "a machine that spoils everything", words: "spoilt", verdict: rollover.Error, plays: 1 + tries, earlier: "error error error error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &script{words: map[string][]string{"a": strings.Fields(c.words)}}
				run := scripted(t, t.Context(), s, Options{Repeat: c.repeat, Once: c.once}, "a")
				r := run.Results[0]
				if r.Verdict != c.verdict || r.Unstable != c.unstable || len(s.played) != c.plays {
					t.Errorf("%s, unstable %v, after %v; want %s, %v, after %d plays", r.Verdict, r.Unstable, s.played, c.verdict, c.unstable, c.plays)
				}
				var earlier []string
				for _, e := range r.Earlier {
					earlier = append(earlier, string(e.Verdict))
				}
				if got := strings.Join(earlier, " "); got != c.earlier {
					t.Errorf("beside it are kept %q, want %q", got, c.earlier)
				}
				for i, name := range s.played {
					if want := fmt.Sprintf("a/%d", i+1); name != want {
						t.Errorf("play %d went to %s", i+1, name)
					}
				}
			})
		})
	}
}

// TestAgainIsAlone: many are played at once, but what is played again is played
// alone, or it would meet what may have spoilt it.
func TestAgainIsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{words: map[string][]string{"a": {"fail"}, "b": {spoiltWord, "pass"}, "c": {"pass"}, "d": {"error", "pass"}}}
		run := scripted(t, t.Context(), s, Options{Jobs: 4}, "a", "b", "c", "d")
		if most := slices.Max([]int{s.most["a/1"], s.most["b/1"], s.most["c/1"], s.most["d/1"]}); most != 4 {
			t.Errorf("%d at once, want 4", most)
		}
		for _, again := range []string{"a/2", "b/2", "d/2"} {
			if s.most[again] != 1 {
				t.Errorf("%s was begun as one of %d", again, s.most[again])
			}
		}
		if code := run.ExitCode(); code != reports.ExitFailed {
			t.Errorf("exit code %d", code)
		}
	})
}

func TestFailFast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{words: map[string][]string{"a": {"pass"}, "b": {"fail"}, "c": {"pass"}}}
		run := scripted(t, t.Context(), s, Options{Jobs: 1, Repeat: 2, FailFast: true, Once: true}, "a", "b", "c")
		if got := fmt.Sprint(s.played); got != "[a/1 a/2 b/1]" {
			t.Errorf("played %s", got)
		}
		if run.Aborted != reports.FailFast || run.Results[1].Verdict != rollover.Fail || run.Results[2].Verdict != rollover.NotRun {
			t.Errorf("aborted %q, verdicts %s and %s", run.Aborted, run.Results[1].Verdict, run.Results[2].Verdict)
		}
	})
}

// TestCutOff: a trial that the end of a run cut off has no verdict, and what
// had ended keeps its own.
func TestCutOff(t *testing.T) {
	t.Parallel()
	for cause, want := range map[error]string{
		ErrTerminated: reports.Terminated, errTimeLimit: reports.TimeLimit, context.Canceled: reports.Interrupted,
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(1500*time.Millisecond, func() { cancel(cause) })
			s := &script{words: map[string][]string{"a": {"fail"}, "b": {"pass"}, "c": {"pass"}}}
			run := scripted(t, ctx, s, Options{Jobs: 1}, "a", "b", "c")
			var got []rollover.Grade
			for _, r := range run.Results {
				got = append(got, r.Verdict)
			}
			if !slices.Equal(got, []rollover.Grade{rollover.Fail, rollover.NotRun, rollover.NotRun}) || run.Aborted != want {
				t.Errorf("%v, aborted %q; want one fail, and %q", got, run.Aborted, want)
			}
		})
	}
}
