package reports

import (
	"cmp"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Slower is a rung that takes longer in the later run.
type Slower struct {
	Rung     string           `json:"rung"` // or several that could not be told apart
	Outcome  rollover.Outcome `json:"outcome"`
	Attempts int              `json:"attempts"`  // of the later run
	BeforeMS int64            `json:"before_ms"` // the median time until it played, or the next rung was tried
	AfterMS  int64            `json:"after_ms"`
}

// What counts as slower: medians over many scenarios hide a machine's moods,
// and these two the rest.
const (
	slowerBy    = 200 * time.Millisecond
	slowerRatio = 1.25
)

// slower compares how long the runs spent on each rung, by what became of it,
// in the scenarios that both played with the same timing.
func slower(before, after Run) []Slower {
	if before.Timing != after.Timing {
		return nil
	}
	type key struct {
		rung    string
		outcome rollover.Outcome
	}
	spent := map[key]*[2][]time.Duration{}
	earlier := map[string]rollover.Result{}
	for _, r := range before.Results {
		earlier[r.ID] = r
	}
	for _, now := range after.Results {
		was, ok := earlier[now.ID]
		if !ok || was.Observed != now.Observed || len(now.Clients) > 0 {
			continue
		}
		for run, r := range []rollover.Result{was, now} {
			for i, a := range r.Trace.Attempts {
				d, ok := timeOn(r.Trace.Attempts, i)
				if !ok {
					continue
				}
				k := key{rungNames(a.Candidates), a.Outcome}
				if spent[k] == nil {
					spent[k] = &[2][]time.Duration{}
				}
				spent[k][run] = append(spent[k][run], d)
			}
		}
	}
	var out []Slower
	for k, times := range spent {
		if len(times[0]) == 0 || len(times[1]) == 0 {
			continue
		}
		was, now := median(times[0]), median(times[1])
		if now > was+slowerBy && float64(now) > slowerRatio*float64(was) {
			out = append(out, Slower{Rung: k.rung, Outcome: k.outcome, Attempts: len(times[1]), BeforeMS: was.Milliseconds(), AfterMS: now.Milliseconds()})
		}
	}
	slices.SortFunc(out, func(a, b Slower) int {
		return cmp.Or(cmp.Compare(b.AfterMS-b.BeforeMS, a.AfterMS-a.BeforeMS), cmp.Compare(a.Rung, b.Rung), cmp.Compare(a.Outcome, b.Outcome))
	})
	return out
}

// timeOn is how long an attempt took: until its first media if it played, else
// until the next one began. The last of those that did not play has no end that
// anybody chose.
func timeOn(attempts []rollover.Attempt, i int) (time.Duration, bool) {
	a := attempts[i]
	switch {
	case a.Outcome == rollover.Played:
		return a.Media.First - a.Start, a.Media.First > a.Start
	case i+1 < len(attempts):
		return attempts[i+1].Start - a.Start, true
	}
	return 0, false
}

// median is the middle of some times, at least one.
func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
