package selftest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/assess"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
	"github.com/rollover-conformance/rollover/suites/trial"
)

// rigFault is one way in which the laboratory itself can break: while a trial is
// played, or afterwards in its folder. It is killed when the verdict is an
// error.
type rigFault struct {
	id, does string
	in       string         // the scenario; empty: rtsp/no-udp
	sut      rollover.Party // empty: the server

	sabotage trial.Sabotage
	prepare  func(dir string) (undo func() error, err error) // before the trial
	damage   func(f damaged) error                           // after it
}

// noUDP is the profile of rtsp/no-udp without the rules of that name, or with
// another action in their place.
func noUDP(change func(firewall.Rule) (firewall.Rule, bool)) func(*netns.Lab) error {
	return func(lab *netns.Lab) error {
		p, err := rollover.ProfileNamed("no-udp-to-client")
		if err != nil {
			return err
		}
		var kept []firewall.Rule
		for _, r := range p.Rules {
			if r, keep := change(r); keep {
				kept = append(kept, r)
			}
		}
		p.Rules = kept
		return lab.Load(p)
	}
}

// rigFaults are all of them.
var rigFaults = []rigFault{
	{id: "R-01", does: "a rule is not loaded", sabotage: trial.Sabotage{Loaded: noUDP(
		func(r firewall.Rule) (firewall.Rule, bool) { return r, r.Name != "no rtp" })}},
	{id: "R-02", does: "a rule leaks", sabotage: trial.Sabotage{Loaded: noUDP(
		func(r firewall.Rule) (firewall.Rule, bool) { r.Action = firewall.Accept; return r, true })}},
	{id: "R-03", does: "the recorder loses frames", damage: func(f damaged) error { return f.recorder(loseFrames) }},
	{id: "R-04", does: "the capture begins late", damage: func(f damaged) error { return f.recorder(beginLate) }},
	{id: "R-05", does: "a link is down", sabotage: trial.Sabotage{Ready: func(lab *netns.Lab, _ func() error) error {
		name, _ := lab.Host(netns.Gateway).Interface(netns.Server)
		return lab.Host(netns.Gateway).Do(func() error { return linkDown(name) })
	}}},
	{id: "R-06", does: "the client is never started", sabotage: trial.Sabotage{Idle: true}},
	{id: "R-07", does: "the server dies before the client comes", sut: rollover.PartyClient,
		sabotage: trial.Sabotage{Ready: func(_ *netns.Lab, kill func() error) error { return kill() }}},
	{id: "R-08", does: "the server dies while it plays", sut: rollover.PartyClient,
		sabotage: trial.Sabotage{Playing: func(kill func() error) { go kill() }}},
	{id: "R-09", does: "the clock goes back", damage: func(f damaged) error { return f.recorder(clockBack) }},
	{id: "R-10", does: "the clock leaps ahead", damage: func(f damaged) error { return f.recorder(clockAhead) }},
	{id: "R-11", does: "the disk is full", prepare: smallDisk},
	{id: "R-12", does: "the capture is missing", damage: func(f damaged) error { return f.remove("capture.pcapng") }},
	{id: "R-13", does: "the capture is truncated", damage: func(f damaged) error { return f.truncate("capture.pcapng") }},
	{id: "R-14", does: "the capture is another trial's", damage: func(f damaged) error { return f.swapCapture() }},
	{id: "R-15", does: "the clip is another one than was offered", damage: func(f damaged) error { return f.otherClip() }},
	{id: "R-16", does: "the counters are missing", damage: func(f damaged) error { return f.remove("counters.json") }},
	{id: "R-17", does: "a journal is truncated", damage: func(f damaged) error { return f.truncate("client.journal") }},
	{id: "R-18", does: "a host drops datagrams for want of buffer", damage: func(f damaged) error {
		return f.setup(func(s *rollover.Setup) { s.RcvErrors = 3 })
	}},
	{id: "R-19", does: "a server that is not ready is played with", damage: func(f damaged) error {
		return f.setup(func(s *rollover.Setup) {
			for i := range s.Exits {
				s.Exits[i].Ready = s.Exits[i].Ready && s.Exits[i].Party != rollover.PartyServer
			}
		})
	}},
	{id: "R-20", does: "the link of one client of twenty is down", in: "rtsp/many/twenty", sabotage: trial.Sabotage{Ready: func(lab *netns.Lab, _ func() error) error {
		one := lab.Host(netns.ClientName(7))
		name, _ := one.Interface(netns.Client)
		return one.Do(func() error { return linkDown(name) })
	}}},
}

// RigFaultIDs lists the faults of the rig.
func RigFaultIDs() []string {
	ids := make([]string, len(rigFaults))
	for i, r := range rigFaults {
		ids[i] = r.id
	}
	return ids
}

// rigScenario is where a fault of the rig is planted unless it says otherwise:
// something is closed in it, something passes, and the client moves.
const rigScenario = "rtsp/no-udp"

func (r rigFault) scenario() string {
	if r.in != "" {
		return r.in
	}
	return rigScenario
}

// RigFaults plants every fault of the rig whose ID is wanted; nil: all. The
// error is for trouble that nobody planted.
func RigFaults(ctx context.Context, wanted func(id string) bool, o Options) ([]Outcome, error) {
	chosen := slices.DeleteFunc(slices.Clone(rigFaults), func(r rigFault) bool { return wanted != nil && !wanted(r.id) })
	out := make([]Outcome, len(chosen))
	errs := make([]error, len(chosen))
	var wait sync.WaitGroup
	for i, r := range chosen {
		wait.Go(func() { out[i], errs[i] = r.play(ctx, filepath.Join(o.Out, "rig", r.id), o) })
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("planting faults of the rig: %w", err)
	}
	return out, errors.Join(errs...)
}

// play plays the scenario with the fault in the rig around it.
func (r rigFault) play(ctx context.Context, dir string, o Options) (Outcome, error) {
	s, err := r.find()
	if err != nil {
		return Outcome{}, err
	}
	party := r.sut
	if party == "" {
		party = rollover.PartyServer
	}
	sut, _, err := target.Embedded(rowOf(party))
	if err != nil {
		return Outcome{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Outcome{}, err
	}
	if r.prepare != nil {
		undo, err := r.prepare(dir)
		if err != nil {
			return Outcome{}, fmt.Errorf("planting %s: %w", r.id, err)
		}
		defer undo()
	}
	result, err := trial.Run(ctx, trial.Bench{Target: sut, Timing: rollover.Brisk, Clip: asf.NewClip(campaign.ClipDuration),
		Tool: o.Tool.Name, Sabotage: r.sabotage}, s, dir)
	switch {
	case err != nil:
		// What cannot even be recorded is an error of the campaign's.
		result = rollover.Result{Verdict: rollover.Error, Findings: []rollover.Finding{{Party: rollover.PartyRig, Requirement: "RO-FW-01", Seen: err.Error()}}}
	case r.damage != nil:
		if result.Verdict != rollover.Pass {
			return Outcome{}, fmt.Errorf("planting %s: without it the trial is a %s: %s", r.id, result.Verdict, missed(result))
		}
		if err := r.damage(damaged{dir}); err != nil {
			return Outcome{}, fmt.Errorf("planting %s: %w", r.id, err)
		}
		if result, err = assess.Folder(dir); err != nil {
			return Outcome{}, fmt.Errorf("planting %s: %w", r.id, err)
		}
	}
	return r.weigh(result), nil
}

func (r rigFault) find() (rollover.Scenario, error) {
	all, err := rollover.Catalogue()
	if err != nil {
		return rollover.Scenario{}, err
	}
	chosen, err := rollover.Select([]string{r.scenario()}, all)
	if err != nil {
		return rollover.Scenario{}, fmt.Errorf("planting %s: %w", r.id, err)
	}
	return chosen[0], nil
}

// weigh: an error that the rig is blamed for, and nobody is convicted.
func (r rigFault) weigh(result rollover.Result) Outcome {
	o := Outcome{ID: r.id, Party: rollover.PartyRig, Does: r.does, By: []string{}}
	i := slices.IndexFunc(result.Findings, func(f rollover.Finding) bool { return f.Party == rollover.PartyRig && !f.Note })
	if result.Verdict == rollover.Error && i >= 0 {
		o.Killed, o.By = true, append(o.By, r.scenario())
		o.Requirement, o.Seen = result.Findings[i].Requirement, result.Findings[i].Seen
		return o
	}
	o.Missed, o.Why = []string{r.scenario()}, []string{missed(result)}
	return o
}

// linkDown switches an interface of the calling thread's namespace off.
func linkDown(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("opening a socket to switch %s off: %w", name, err)
	}
	defer unix.Close(fd)
	request, err := unix.NewIfreq(name)
	if err != nil {
		return fmt.Errorf("switching %s off: %w", name, err)
	}
	request.SetUint16(0)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("switching %s off: %w", name, err)
	}
	return nil
}

// smallDisk makes the folder a file system of a few pages.
func smallDisk(dir string) (func() error, error) {
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=64k"); err != nil {
		return nil, fmt.Errorf("mounting a small file system: %w", err)
	}
	return func() error { return unix.Unmount(dir, unix.MNT_DETACH) }, nil
}
