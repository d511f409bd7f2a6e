package reports

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// shardsOf plays the sample run in parts: each a record that was written and
// read again.
func shardsOf(t *testing.T, whole Run, total int) []Run {
	t.Helper()
	var selection []rollover.Scenario
	for _, r := range whole.Results {
		selection = append(selection, r.Scenario)
	}
	var out []Run
	for i := 1; i <= total; i++ {
		mine, shard, err := SplitOff(i, total, selection)
		if err != nil {
			t.Fatal(err)
		}
		part := whole
		part.Started = whole.Started.Add(time.Duration(i-1) * time.Minute)
		part.Stopped = part.Started.Add(time.Second)
		part.Host.Kernel = fmt.Sprint("kernel of node ", i)
		part.Shard, part.Results = &shard, nil
		for _, s := range mine {
			k := slices.IndexFunc(whole.Results, func(r rollover.Result) bool { return r.ID == s.ID })
			part.Results = append(part.Results, whole.Results[k])
		}
		read, err := ReadJSON(bytes.NewReader(written(t, part)))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, read)
	}
	return out
}

func TestMergedShardsAreTheRun(t *testing.T) {
	t.Parallel()
	whole := knownRun(t)
	for _, total := range []int{1, 2, 4, 7, 25, 40} {
		shards := shardsOf(t, whole, total)
		slices.Reverse(shards)
		got, err := Merge(shards)
		if err != nil {
			t.Fatalf("%d shards: %v", total, err)
		}
		again, err := ReadJSON(bytes.NewReader(written(t, whole)))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(again.Results, got.Results, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{})); d != "" {
			t.Errorf("%d shards (-whole +merged):\n%s", total, d)
		}
		if got.ExitCode() != whole.ExitCode() || got.Shard != nil || len(got.Shards) != total || got.Shards[total-1].Host.Kernel != fmt.Sprint("kernel of node ", total) {
			t.Errorf("%d shards: exit code %d, %+v", total, got.ExitCode(), got.Shards)
		}
		if !got.Started.Equal(whole.Started) || got.Took() != time.Duration(total-1)*time.Minute+time.Second {
			t.Errorf("%d shards: from %v, took %v", total, got.Started, got.Took())
		}
		doc := written(t, got)
		if _, err := ReadJSON(bytes.NewReader(doc)); err != nil {
			t.Errorf("%d shards: %v", total, err)
		}
	}
}

func TestShardsDifferByOne(t *testing.T) {
	t.Parallel()
	all, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	all = all[:50]
	for _, total := range []int{1, 3, 4, 10, len(all) + 5} {
		seen := map[string]int{}
		for i := 1; i <= total; i++ {
			mine, shard, err := SplitOff(i, total, all)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(mine) - len(all)/total; n != 0 && n != 1 || shard.Of != len(all) {
				t.Errorf("shard %v has %d of %d scenarios", shard, len(mine), shard.Of)
			}
			for _, s := range mine {
				seen[s.ID]++
			}
		}
		if len(seen) != len(all) {
			t.Errorf("%d shards play %d of %d scenarios", total, len(seen), len(all))
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s is in %d shards", id, n)
			}
		}
	}
}

// TestSelectionIsKnownAgain: a scenario that a trial kept in its folder, and a
// record in its file, is the one that was selected.
func TestSelectionIsKnownAgain(t *testing.T) {
	t.Parallel()
	all, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		kept, err := rollover.LoadScenarios("kept.yaml", rollover.MarshalScenario(s))
		if err != nil || len(kept) != 1 {
			t.Fatal(s.ID, err)
		}
		r, err := ReadJSON(bytes.NewReader(written(t, Run{Results: []rollover.Result{{ID: s.ID, Verdict: rollover.Pass, Scenario: kept[0]}}})))
		if err != nil {
			t.Fatal(err)
		}
		want, err := selectionHash([]rollover.Scenario{s})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := selectionHash([]rollover.Scenario{r.Results[0].Scenario}); err != nil || got != want {
			t.Errorf("%s: another scenario once it was kept and read again: %s", s.ID, cmp.Diff(s, r.Results[0].Scenario, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(rollover.Scenario{}, "Source")))
		}
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	four := func() []Run { return shardsOf(t, sampleRun(), 4) }
	with := func(spoil func(runs []Run)) []Run {
		runs := four()
		spoil(runs)
		return runs
	}
	for _, c := range []struct {
		name string
		runs []Run
		want string
	}{
		{"nothing", nil, "no run"},
		{"a whole run", append(four()[:3], sampleRun()), "run 4 was not played with --shard"},
		{"three of four", four()[:3], "of 4 shards these are missing: 4"},
		{"one of four", four()[2:3], "of 4 shards these are missing: 1 2 4"},
		{"one twice", append(four(), four()[1]), "shard 2/4 is there 2 times"},
		{"one twice and one missing", append(four()[:3], four()[1]), "shard 2/4 is there 2 times\nof 4 shards these are missing: 4"},
		{"other splits", append(four()[:3], shardsOf(t, sampleRun(), 5)[3]), "shard 4/5 has another number of shards than shard 1/4: 5, not 4"},
		{"another tool", with(func(r []Run) { r[2].Tool.Version = "0.9" }), "shard 3/4 has another tool than shard 1/4"},
		{"another target", with(func(r []Run) { r[1].Target.Version = "0.9" }), "shard 2/4 has another target than"},
		{"other claims", with(func(r []Run) { r[1].Claims.Rungs = nil }), "shard 2/4 has another target's claims than"},
		{"other timing", with(func(r []Run) { r[3].Timing = "standard" }), "shard 4/4 has another timing than shard 1/4: standard, not brisk"},
		{"another selection", with(func(r []Run) { r[3].Shard.Plan = "abc" }), "shard 4/4 has another selection than"},
		{"a result taken out", with(func(r []Run) { r[1].Results = r[1].Results[1:] }), "the shards have 24 results, the selection had 25 scenarios"},
		{"a result moved", with(func(r []Run) { r[1].Results, r[0].Results = append(r[1].Results, r[0].Results[0]), r[0].Results[1:] }), "shard 1/4 has 6 results, too few of 25 scenarios"},
		{"results swapped", with(func(r []Run) { r[1].Results[0], r[2].Results[0] = r[2].Results[0], r[1].Results[0] }), "not of the selection that was split"},
		{"a scenario changed", with(func(r []Run) { r[1].Results[0].Scenario.Moniker = "http" }), "not of the selection that was split"},
		{"shard 0", with(func(r []Run) { r[1].Shard.Index = 0 }), "run 2 says it is shard 0/4"},
		{"no shards", with(func(r []Run) { r[1].Shard.Total = 0 }), "run 2 says it is shard 2/0"},
		{"a billion", with(func(r []Run) { r[0].Shard.Total = 1e9 }), "run 1 says it is shard 1/1000000000"},
		{"a negative selection", with(func(r []Run) {
			for i := range r {
				r[i].Shard.Of = -1
			}
		}), "the selection had -1 scenarios"},
	} {
		if _, err := Merge(c.runs); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

func TestMergeKeepsTheGravestEnd(t *testing.T) {
	t.Parallel()
	runs := shardsOf(t, sampleRun(), 3)
	runs[0].Aborted, runs[1].Aborted, runs[2].Aborted = Interrupted, "build lab: no such device", Killed
	got, err := Merge(runs)
	if err != nil || got.Aborted != "build lab: no such device" {
		t.Errorf("aborted %q, %v", got.Aborted, err)
	}
}

// TestEmptyShardIsNoFault: what applies may have fallen to the others.
func TestEmptyShardIsNoFault(t *testing.T) {
	t.Parallel()
	none := graded(rollover.Core, rollover.NotApplicable)
	for _, c := range []struct {
		run  Run
		want int
	}{
		{Run{Results: none}, ExitUnclear},
		{Run{Results: none, Shard: &Shard{Index: 1, Total: 2}}, ExitPassed},
		{Run{Shard: &Shard{Index: 1, Total: 2}}, ExitPassed},
		{Run{Shard: &Shard{Index: 1, Total: 2}, Aborted: Interrupted}, ExitUnclear},
		{Run{Results: graded(rollover.Core, rollover.Fail), Shard: &Shard{Index: 1, Total: 2}}, ExitFailed},
	} {
		if got := c.run.ExitCode(); got != c.want {
			t.Errorf("%+v: exit code %d, want %d", c.run.Shard, got, c.want)
		}
	}
}
