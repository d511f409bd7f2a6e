package trial

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/fixtures/deviation"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/assess"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// Bench is what a trial is played with. All fields down to Log are needed.
type Bench struct {
	Target target.Target
	Timing rollover.Timing
	Clip   asf.Clip // the usual one; a scenario that needs more of it gets a longer one
	Tool   string   // name and version of this program
	Log    *slog.Logger
	Hold   func(ctx context.Context, lab *netns.Lab) error // called while the lab is still alive; nil: not
	Ground *Ground                                         // of a target that outlives the trial; nil: the trial's own

	Turns    Turns    // of trials that are played at once; nil: there is but this
	Sabotage Sabotage // breaks the rig on purpose; the zero value does not
}

// Run plays the scenario in a lab of its own and leaves the evidence in dir.
// The verdict is in the result. The error is for a rig that could not even
// write its folder; rig trouble after that is a result with verdict error.
func Run(ctx context.Context, b Bench, s rollover.Scenario, dir string) (rollover.Result, error) {
	folder, err := evidence.Create(dir)
	if err != nil {
		return rollover.Result{}, fmt.Errorf("playing %s: %w", s.ID, err)
	}
	server, client, err := deviation.Set(s.Deviations).Split()
	if err != nil {
		return rollover.Result{}, fmt.Errorf("playing %s: %w", s.ID, err)
	}
	t := &trial{Bench: b, scenario: s, folder: folder, odd: map[deviation.Party]deviation.Set{deviation.Server: server, deviation.Client: client}}
	row := b.Target.ClientRow()
	t.prediction, err = rollover.PredictAgainst(s, b.Target.Role, row, b.Timing)
	if err != nil {
		return rollover.Result{}, fmt.Errorf("playing %s: %w", s.ID, err)
	}
	if d := ClipDuration(t.prediction, row, b.Timing, Usual(s, b.Clip.Duration())); d != b.Clip.Duration() {
		t.Clip = asf.NewClip(d)
	}
	t.setup = t.describe()
	gathered := t.onGround(ctx)
	if errors.Is(gathered, errNotSupported) {
		return t.notApplicable(gathered), t.folder.WriteScenario(s)
	}
	var result rollover.Result
	err = t.Turns.do(context.WithoutCancel(ctx), func() (err error) {
		result, err = t.judge(dir, gathered)
		return err
	})
	if err != nil {
		return rollover.Result{}, fmt.Errorf("playing %s: %w", s.ID, err)
	}
	return result, nil
}

// judge completes the folder and takes the result from it. Trouble while
// gathering makes it an error.
func (t *trial) judge(dir string, trouble error) (rollover.Result, error) {
	if err := t.write(); err != nil {
		return rollover.Result{}, err
	}
	result, err := assess.Folder(dir)
	if err != nil {
		return rollover.Result{}, err
	}
	if trouble != nil {
		result = spoiled(result, trouble)
	}
	return result, t.folder.WriteResult(result)
}

// trial is one scenario being played.
type trial struct {
	Bench
	scenario   rollover.Scenario
	odd        map[deviation.Party]deviation.Set // lawful oddities of the reference fixtures
	prediction rollover.Prediction
	folder     evidence.Folder
	setup      rollover.Setup
	counters   []rollover.Counter
	ruleset    string
	began      time.Time // when the capture became live: time zero of the folder
	players    []*player // once the server is ready

	mu sync.Mutex // guards setup.Exits while clients play
}

// onGround gathers, on a ground of the trial's own where it needs one and has
// got none.
func (t *trial) onGround(ctx context.Context) (err error) {
	if t.Ground == nil {
		if t.Ground, err = OpenGround(ctx, t.Target); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, t.Ground.Close(context.WithoutCancel(ctx))) }()
	}
	return t.gather(ctx)
}

// gather builds the world, lets the client play in it and takes it down.
func (t *trial) gather(ctx context.Context) (err error) {
	defer t.over()
	var lab *netns.Lab
	err = t.Turns.do(ctx, func() (err error) {
		lab, err = netns.Build(ctx, t.topology())
		return err
	})
	if err != nil {
		return fmt.Errorf("building the lab: %w", err)
	}
	defer func() { err = errors.Join(err, lab.Close()) }()
	t.locate(lab)

	rules, err := t.load(lab)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rules.count(context.WithoutCancel(ctx))) }()
	if err := t.Sabotage.loaded(lab); err != nil {
		return err
	}

	// A client that leaves sockets open on purpose keeps them until the
	// capture has seen that it does.
	defer func() { err = errors.Join(err, t.closeClients()) }()

	record, err := t.record(ctx, lab)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, record.stop()) }()

	watching, enough := context.WithCancel(ctx)
	stalled := watchStalls(watching)
	defer func() { enough(); t.setup.Stalled = stalled() }()

	server, ready, err := t.startServer(ctx, lab)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop(context.WithoutCancel(ctx))) }()
	if !ready {
		return nil
	}
	if err := t.Sabotage.ready(lab, server); err != nil {
		return err
	}

	if err := t.play(ctx, lab, rules, server); err != nil {
		return err
	}
	if err := t.linger(ctx, lab.Host(netns.Server)); err != nil {
		return err
	}
	if t.Hold != nil {
		return t.Hold(ctx, lab)
	}
	return nil
}

// over takes down when the trial was over.
func (t *trial) over() {
	t.setup.Stopped = time.Now().UTC()
	if !t.began.IsZero() {
		t.setup.TookNS = time.Since(t.began)
	}
}

// write puts down what the trial gathered, beside the files that were written
// while it ran.
func (t *trial) write() error {
	slices.SortStableFunc(t.setup.Exits, func(a, b rollover.Exit) int { // clients first, by their numbers
		if a.Party != b.Party {
			return cmp.Compare(a.Party, b.Party)
		}
		return cmp.Compare(a.Client, b.Client)
	})
	var unsealed error
	if t.setup.Capture, unsealed = t.folder.Sum(evidence.CaptureFile); errors.Is(unsealed, os.ErrNotExist) {
		unsealed = nil // nothing was recorded, and the trial says why
	}
	return errors.Join(
		unsealed,
		t.folder.WriteScenario(t.scenario),
		t.folder.WriteSetup(t.setup),
		t.folder.WriteCounters(t.counters),
		t.folder.WriteRuleset(t.ruleset),
	)
}

// elapsed is the time since the capture began.
func (t *trial) elapsed() time.Duration { return time.Since(t.began) }

// spoiled is a result whose trial the rig itself spoilt: whatever the capture
// says, it convicts nobody.
func spoiled(r rollover.Result, trouble error) rollover.Result {
	r.Verdict = rollover.Error
	r.Findings = append([]rollover.Finding{{
		Party:       rollover.PartyRig,
		Requirement: "RO-FW-01",
		Expected:    "the lab builds, records and comes down",
		Seen:        trouble.Error(),
		Frames:      []rollover.FrameRef{},
	}}, r.Findings...)
	return r
}

func (t *trial) notApplicable(reason error) rollover.Result {
	return rollover.Result{
		ID:         t.scenario.ID,
		Verdict:    rollover.NotApplicable,
		Reason:     reason.Error(),
		Predicted:  t.prediction.String(),
		Final:      "none",
		Findings:   []rollover.Finding{},
		Rules:      []rollover.RuleCount{},
		Started:    t.setup.Started,
		Scenario:   t.scenario,
		Prediction: t.prediction,
		Setup:      t.setup,
	}
}
