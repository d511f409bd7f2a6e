package reports

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Merge puts the shards of a selection together into the run that they are
// parts of, with its results in the order of the selection. The error names
// every reason why they are no such parts: a run that is no shard, a shard that
// is missing or there twice, or one of another tool, target or selection.
func Merge(runs []Run) (Run, error) {
	if len(runs) == 0 {
		return Run{}, errors.New("merge: no run")
	}
	for i, r := range runs {
		if r.Shard == nil {
			return Run{}, fmt.Errorf("merge: run %d was not played with --shard", i+1)
		}
		if s := *r.Shard; s.Total < 1 || s.Total > MostShards || s.Index < 1 || s.Index > s.Total {
			return Run{}, fmt.Errorf("merge: run %d says it is shard %v", i+1, s)
		}
	}
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b Run) int { return cmp.Compare(a.Shard.Index, b.Shard.Index) })
	if err := errors.Join(append(complete(runs), related(runs)...)...); err != nil {
		return Run{}, fmt.Errorf("merge: %w", err)
	}
	results, err := interleaved(runs)
	if err != nil {
		return Run{}, fmt.Errorf("merge: %w", err)
	}
	merged := runs[0]
	merged.Shard, merged.Results, merged.Shards = nil, results, nil
	for _, r := range runs {
		if r.Started.Before(merged.Started) {
			merged.Started = r.Started
		}
		if r.Stopped.After(merged.Stopped) {
			merged.Stopped = r.Stopped
		}
		merged.Jobs = max(merged.Jobs, r.Jobs)
		merged.Aborted = graver(merged, r)
		merged.Shards = append(merged.Shards, ShardInfo{Index: r.Shard.Index, Host: r.Host, Jobs: r.Jobs,
			Started: r.Started.Format(time.RFC3339), Took: wall(r.Took())})
	}
	return merged, nil
}

// complete finds what is missing and what is there twice.
func complete(runs []Run) []error {
	total := runs[0].Shard.Total
	seen := map[int]int{}
	for _, r := range runs {
		seen[r.Shard.Index]++
	}
	var errs []error
	var missing []string
	for i := 1; i <= total; i++ {
		switch n := seen[i]; {
		case n == 0:
			missing = append(missing, fmt.Sprint(i))
		case n > 1:
			errs = append(errs, fmt.Errorf("shard %d/%d is there %d times", i, total, n))
		}
		delete(seen, i)
	}
	if len(missing) > 0 {
		errs = append(errs, fmt.Errorf("of %d shards these are missing: %s", total, strings.Join(missing, " ")))
	}
	return errs
}

// related finds shards that belong to another run than the first.
func related(runs []Run) []error {
	first := runs[0]
	var errs []error
	for _, r := range runs[1:] {
		for _, c := range []struct {
			what string
			a, b any
		}{
			{"number of shards", first.Shard.Total, r.Shard.Total},
			{"selection", first.Shard.Plan, r.Shard.Plan},
			{"tool", first.Tool, r.Tool},
			{"target", first.Target, r.Target},
			{"target's claims", withLists(first.Claims), withLists(r.Claims)},
			{"timing", first.Timing, r.Timing},
		} {
			if !reflect.DeepEqual(c.a, c.b) {
				errs = append(errs, fmt.Errorf("shard %v has another %s than shard %v: %v, not %v", r.Shard, c.what, first.Shard, c.b, c.a))
			}
		}
	}
	return errs
}

// interleaved is the results of all shards in the order of the selection, which
// their scenarios prove.
func interleaved(runs []Run) ([]rollover.Result, error) {
	shard := runs[0].Shard
	n := 0
	for _, r := range runs {
		n += len(r.Results)
	}
	if n != shard.Of {
		return nil, fmt.Errorf("the shards have %d results, the selection had %d scenarios", n, shard.Of)
	}
	results := make([]rollover.Result, 0, n)
	for i := range shard.Of {
		r, n := runs[i%shard.Total], i/shard.Total
		if n >= len(r.Results) {
			return nil, fmt.Errorf("shard %v has %d results, too few of %d scenarios", r.Shard, len(r.Results), shard.Of)
		}
		results = append(results, r.Results[n])
	}
	selection := make([]rollover.Scenario, len(results))
	for i, r := range results {
		selection[i] = r.Scenario
	}
	plan, err := selectionHash(selection)
	if err != nil {
		return nil, err
	}
	if plan != shard.Plan {
		return nil, errors.New("the results are not of the selection that was split: a record was changed")
	}
	return results, nil
}

// graver is why a merged run ended early: trouble of the rig before a lawful
// ending, and that before none.
func graver(merged, r Run) string {
	if r.Aborted != "" && (merged.Aborted == "" || r.troubled() && !merged.troubled()) {
		return r.Aborted
	}
	return merged.Aborted
}
