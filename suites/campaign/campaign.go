package campaign

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
	"github.com/rollover-conformance/rollover/suites/trial"
)

// ClipDuration is the length of the clip that a trial offers, unless its client
// must be played more ([trial.ClipDuration]).
const ClipDuration = 2 * time.Second

// Options say how to play. Out and Tool are needed; the zero value of every
// other field is what its comment says.
type Options struct {
	Out       string                // the run's folder, as [Prepare] made it
	Tool      reports.Build         // this program
	Jobs      int                   // trials at once; 0: as many as the machine allows, 64 at most
	Timing    string                // for scenarios that name none; empty: brisk
	Repeat    int                   // how often each scenario is played; 0: once
	Known     reports.KnownFailures // fails that are expected; nil: none
	Once      bool                  // do not play an unexpected verdict again
	FailFast  bool                  // start nothing more after the first fail
	TimeLimit time.Duration         // start nothing more after it, and end what runs; 0: none
	Shard     *reports.Shard        // which part of a selection the scenarios are; nil: all of it
	Selectors []string              // as the user wrote them, for the record
	Rerun     string                // what to put before an ID to play it again; empty: "rollover run"
	Watch     func(Progress)        // called when a trial begins and when it has ended, one call at a time; nil: not
	Log       *slog.Logger          // nil: discarded
}

// Run plays the scenarios against the target and returns the run record; it
// has one result for each scenario, whatever happened. The error is for a run
// that could not be recorded.
func Run(ctx context.Context, t target.Target, scenarios []rollover.Scenario, o Options) (_ reports.Run, err error) {
	c, err := newCampaign(t, scenarios, o)
	if err != nil {
		return reports.Run{}, err
	}
	defer c.log.Close()
	if o.TimeLimit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.TimeLimit, errTimeLimit)
		defer cancel()
	}
	if c.bench.Ground, err = trial.OpenGround(ctx, t); err != nil {
		return reports.Run{}, err
	}
	defer func() { err = errors.Join(err, c.bench.Ground.Close(context.WithoutCancel(ctx))) }()
	c.playOut(ctx)
	return c.close(ctx)
}

// playOut plays what there is to play, and again what has no verdict yet or
// one that nobody wanted.
func (c *campaign) playOut(ctx context.Context) {
	defer widen()()
	var stop func()
	c.pace, stop = newPacer(ctx)
	defer stop()
	c.playAll(ctx)
	c.makeUp(ctx)
	if !c.Once {
		c.verifyAgain(ctx)
	}
}

// campaign is a run in progress.
type campaign struct {
	target target.Target
	Options
	bench     trial.Bench
	plays     []play
	histories map[int]*history // by index in run.Results
	run       reports.Run
	log       *progressLog
	pace      *pacer
	flying    atomic.Int32 // clients of trials

	// playInto plays a scenario into its folder; the n-th time, counted from
	// 1, into a folder inside.
	playInto func(ctx context.Context, p play, n int) rollover.Result
}

// play is one scenario of the campaign.
type play struct {
	index    int // in run.Results
	scenario rollover.Scenario
	timing   rollover.Timing
	estimate time.Duration
}

func newCampaign(t target.Target, scenarios []rollover.Scenario, o Options) (*campaign, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Jobs <= 0 {
		o.Jobs = defaultJobs()
	}
	if t.Stays() {
		o.Jobs = 1 // all labs would lead to one and the same host
	}
	if o.Timing == "" {
		o.Timing = rollover.Brisk.Name
	}
	o.Repeat = max(o.Repeat, 1)
	clip := asf.NewClip(ClipDuration)
	c := &campaign{target: t, Options: o, histories: map[int]*history{},
		bench: trial.Bench{Target: t, Clip: clip, Tool: o.Tool.Name + " " + o.Tool.Version, Log: o.Log, Turns: trial.NewTurns(runtime.NumCPU())}}
	c.playInto = c.inLab
	c.run = reports.Run{
		Tool: o.Tool, Target: info(t), Claims: claims(t), Host: thisHost(),
		Started: time.Now().UTC(), Timing: o.Timing, Jobs: o.Jobs, Selectors: o.Selectors, Shard: o.Shard,
	}.Planned(scenarios)
	for i, s := range scenarios {
		if err := c.plan(i, s); err != nil {
			return nil, err
		}
	}
	var err error
	c.log, err = openProgress(o.Out, c.run)
	return c, err
}

// plan decides whether a scenario is played and about how long it takes.
func (c *campaign) plan(i int, s rollover.Scenario) error {
	name := s.Timing
	if name == "" {
		name = c.Timing
	}
	timing, err := rollover.ParseTiming(name)
	if err != nil {
		return fmt.Errorf("scenario %s: %w", s.ID, err)
	}
	prediction, err := rollover.PredictAgainst(s, c.target.Role, c.target.ClientRow(), timing)
	if err != nil {
		return err
	}
	r := &c.run.Results[i]
	r.Predicted, r.Prediction, r.Rerun = prediction.String(), prediction, c.rerun(s)
	if applies, reason := target.Applicable(c.target, s); !applies {
		r.Verdict, r.Reason = rollover.NotApplicable, reason
		return nil
	}
	c.histories[i] = &history{}
	c.plays = append(c.plays, play{index: i, scenario: s, timing: timing,
		estimate: trial.Estimate(prediction, c.target.ClientRow(), timing, trial.Usual(s, c.bench.Clip.Duration()))})
	return nil
}

// rerun is the command that plays a scenario again.
func (c *campaign) rerun(s rollover.Scenario) string {
	command := c.Rerun
	if command == "" {
		command = "rollover run"
		if c.target.Name != target.Reference {
			command += " --target " + reports.CommandLine([]string{c.target.Name})
		}
	}
	if s.Source.File != "" && !rollover.Embedded(s) {
		return command + " " + reports.CommandLine([]string{s.Source.File})
	}
	return command + " " + s.ID
}

// inLab is playInto where the packets are real.
func (c *campaign) inLab(ctx context.Context, p play, n int) rollover.Result {
	rel := filepath.FromSlash(p.scenario.ID)
	if n > 1 {
		rel = filepath.Join(rel, fmt.Sprintf("_%d", n))
	}
	bench := c.bench
	bench.Timing = p.timing
	r, err := trial.Run(ctx, bench, p.scenario, filepath.Join(c.Out, rel))
	if err != nil {
		r = c.run.Results[p.index]
		r.Verdict = rollover.Error
		r.Findings = []rollover.Finding{{Party: rollover.PartyRig, Requirement: "RO-FW-01",
			Expected: "the trial can be played and recorded", Seen: err.Error(), Frames: []rollover.FrameRef{}}}
	}
	r.Evidence = filepath.ToSlash(rel)
	r.Rerun = c.rerun(p.scenario)
	return r
}
