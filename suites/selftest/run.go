package selftest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// Options say how to play. Out and Tool are needed.
type Options struct {
	Out   string // where the evidence goes
	Tool  reports.Build
	Jobs  int                     // trials at once, of each party; 0: as many as the machine allows
	Watch func(campaign.Progress) // one call at a time; nil: not
}

// Table is what became of the faults that were planted, and which were not.
type Table struct {
	Faults     []Outcome `json:"faults"`
	NotPlanted []Waiting `json:"notPlanted"`
}

// Waiting is a fault that nothing can show yet.
type Waiting struct {
	ID    string         `json:"id"`
	Party rollover.Party `json:"party"`
	Waits string         `json:"waits"`
	Does  string         `json:"does"`
}

// Survivors are the faults that were planted and not killed.
func (t Table) Survivors() []Outcome {
	return slices.DeleteFunc(slices.Clone(t.Faults), func(o Outcome) bool { return o.Killed })
}

// Run plays every scenario of the plantings, and the faults of the rig that are
// wanted, and says what became of each. The error is for trouble of the rig that
// nobody planted: a run that was interrupted or could not be recorded.
func Run(ctx context.Context, plan []Planting, rig func(id string) bool, o Options) (Table, error) {
	var results map[string]rollover.Result
	var broken []Outcome
	var errs [2]error
	var wait sync.WaitGroup
	wait.Go(func() { results, errs[0] = playAll(ctx, plan, o) })
	wait.Go(func() { broken, errs[1] = RigFaults(ctx, rig, o) })
	wait.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return Table{}, err
	}
	t := Table{Faults: []Outcome{}, NotPlanted: []Waiting{}}
	for _, p := range plan {
		if p.Waits != "" {
			t.NotPlanted = append(t.NotPlanted, Waiting{ID: p.Fault.ID, Party: p.Fault.Party, Waits: p.Waits, Does: p.Fault.Text})
			continue
		}
		t.Faults = append(t.Faults, weigh(p, results))
	}
	t.Faults = append(t.Faults, broken...)
	return t, nil
}

// playAll plays the parties' scenarios, both at once, and returns the results
// by ID.
func playAll(ctx context.Context, plan []Planting, o Options) (map[string]rollover.Result, error) {
	parties := []rollover.Party{rollover.PartyServer, rollover.PartyClient}
	runs := make([]reports.Run, len(parties))
	errs := make([]error, len(parties))
	watch := newWatch(o.Watch, len(parties))
	var wait sync.WaitGroup
	for i, party := range parties {
		var scenarios []rollover.Scenario
		for _, p := range plan {
			for _, s := range p.Scenarios {
				if p.Fault.Party == party {
					scenarios = append(scenarios, s.Scenario)
				}
			}
		}
		if len(scenarios) == 0 {
			continue
		}
		wait.Go(func() {
			runs[i], errs[i] = playParty(ctx, party, scenarios, o, func(p campaign.Progress) { watch.show(i, p) })
		})
	}
	wait.Wait()
	results := map[string]rollover.Result{}
	for _, run := range runs {
		for _, r := range run.Results {
			results[r.ID] = r
		}
	}
	return results, errors.Join(errs...)
}

func playParty(ctx context.Context, party rollover.Party, scenarios []rollover.Scenario, o Options, show func(campaign.Progress)) (reports.Run, error) {
	t, _, err := target.Embedded(rowOf(party))
	if err != nil {
		return reports.Run{}, err
	}
	dir := filepath.Join(o.Out, string(party))
	if err := campaign.Prepare(dir); err != nil {
		return reports.Run{}, err
	}
	run, err := campaign.Run(ctx, t, scenarios, campaign.Options{Out: dir, Tool: o.Tool, Jobs: o.Jobs, Once: true, Watch: show})
	if err == nil && run.Aborted != "" {
		err = fmt.Errorf("playing the faults of the %s: %s", party, run.Aborted)
	}
	if err != nil {
		return run, err
	}
	return run, playAgain(ctx, t, run, filepath.Join(o.Out, string(party)+"-again"), o)
}

// playAgain plays what ended in trouble of the rig, such as want of processor
// time, once more, one at a time: no fault of a side may hide behind it.
func playAgain(ctx context.Context, t target.Target, run reports.Run, dir string, o Options) error {
	var troubled []rollover.Scenario
	for _, r := range run.Results {
		if r.Verdict == rollover.Error {
			troubled = append(troubled, r.Scenario)
		}
	}
	if len(troubled) == 0 {
		return nil
	}
	if err := campaign.Prepare(dir); err != nil {
		return err
	}
	again, err := campaign.Run(ctx, t, troubled, campaign.Options{Out: dir, Tool: o.Tool, Jobs: 1, Once: true})
	if err != nil {
		return err
	}
	for _, r := range again.Results {
		i := slices.IndexFunc(run.Results, func(first rollover.Result) bool { return first.ID == r.ID })
		run.Results[i] = r
	}
	return nil
}

// watch adds up the progress of campaigns that run at once.
type watch struct {
	tell func(campaign.Progress)

	mu  sync.Mutex
	all []campaign.Progress
}

func newWatch(tell func(campaign.Progress), n int) *watch {
	return &watch{tell: tell, all: make([]campaign.Progress, n)}
}

func (w *watch) show(i int, p campaign.Progress) {
	if w.tell == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all[i] = p
	sum := campaign.Progress{Last: p.Last}
	for _, one := range w.all {
		sum.Done += one.Done
		sum.Running += one.Running
		sum.Total += one.Total
		sum.Left = max(sum.Left, one.Left)
	}
	w.tell(sum)
}
