package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/rollover-conformance/rollover/fixtures"
	"github.com/rollover-conformance/rollover/fixtures/external"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// player is one client of the trial: the only one, or one of several.
type player struct {
	*trial
	n       int               // which of several, counted from 1; 0: the only one
	mine    rollover.Scenario // the scenario as this client has it
	host    *netns.Host
	journal io.Writer
	log     io.Writer
	ports   *portPool
	events  *events

	client  *fixtures.Client // of ours, once it has started
	settled chan struct{}    // closed when it takes no further UDP port: it plays, or has ended
	settle  sync.Once
}

// playAll lets every client play, all at once, or where there are not UDP ports
// for all one after the other: the next comes when the one before has what it
// needs.
func (t *trial) playAll(ctx context.Context, lab *netns.Lab, events *events) error {
	journal, err := t.folder.Open(evidence.ClientJournalFile)
	if err != nil {
		return err
	}
	defer journal.Close()
	log, err := t.folder.Open(evidence.ClientLogFile)
	if err != nil {
		return err
	}
	defer log.Close()
	t.players = t.assemble(lab.Clients(), journal, log, events)
	errs := make([]error, len(t.players))
	var wait sync.WaitGroup
	for i, p := range t.players {
		if before := i - 1; t.prediction.InTurn && before >= 0 {
			select {
			case <-t.players[before].settled:
			case <-ctx.Done():
			}
		}
		wait.Go(func() { errs[i] = p.play(ctx) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// assemble makes a player of each client host.
func (t *trial) assemble(hosts []*netns.Host, journal, log io.Writer, events *events) []*player {
	var all []*player
	pool := &portPool{owner: map[uint16]int{}}
	labels := &labelled{to: log}
	for i, h := range hosts {
		p := &player{trial: t, mine: t.scenario.Of(i + 1), host: h, journal: journal, log: log, events: events, settled: make(chan struct{})}
		if t.scenario.Several() {
			p.n, p.ports, p.log = i+1, pool, labels.as(fmt.Sprintf("client %d: ", i+1))
		}
		all = append(all, p)
	}
	return all
}

func (p *player) play(ctx context.Context) error {
	defer p.settle.Do(func() { close(p.settled) })
	defer p.events.gone(p.n)
	if p.setup.SUT == rollover.PartyClient && !p.Target.BuiltIn() {
		return p.playProgram(ctx)
	}
	return p.playReference(ctx)
}

// happened tells what the client's play has come to.
func (p *player) happened(moment string) {
	if moment == rollover.WhenPlaying {
		p.settle.Do(func() { close(p.settled) })
	}
	p.events.happened(p.n, moment)
}

// playReference starts the reference client as often as the scenario says, one
// start after the other.
func (p *player) playReference(ctx context.Context) error {
	journal := stream.NewJournal(p.journal, string(rollover.PartyClient))
	if p.n > 0 {
		journal = journal.With("client", p.n)
	}
	client, err := fixtures.NewClient(p.clientConfig(journal))
	if err != nil {
		return fmt.Errorf("configuring the reference client: %w", err)
	}
	p.client = client
	exit := rollover.Exit{Party: rollover.PartyClient, Client: p.n, Program: "reference client", Ready: true, ByItself: true}
	var result stream.Result
	for n := 0; n < p.mine.Client.Plays() && ctx.Err() == nil; n++ {
		if p.mine.Client.Memory == rollover.MemoryReset {
			client.Forget()
		}
		if result, err = p.start(ctx, client, n < p.mine.Client.Abort); err != nil && ctx.Err() == nil {
			return fmt.Errorf("playing with the reference client: %w", err)
		}
		p.events.settle(ctx, p.n, rollover.WhenPlayed)
	}
	if result.Outcome != stream.Played {
		exit.Code = 1
	}
	exit.ByItself = ctx.Err() == nil
	exit.Detail = result.String()
	p.ended(exit)
	return nil
}

// start is one play, which the scenario may end in the middle.
func (p *player) start(ctx context.Context, client *fixtures.Client, abort bool) (stream.Result, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p.events.stopBy(p.n, stop, abort)
	return client.Play(ctx, p.url(p.mine))
}

// playProgram runs the client under test until it ends, or until its patience
// has run out: then it hangs, and is stopped.
func (p *player) playProgram(ctx context.Context) error {
	program, err := p.startProgram(ctx, p.host, rollover.PartyClient, p.mine, p.log)
	if p.neverRan(rollover.PartyClient, p.n, err) {
		return nil
	}
	if err != nil {
		return err
	}
	program.exit.Ready, program.exit.Client = true, p.n
	select {
	case <-program.process.Done():
	case <-ctx.Done():
		program.exit.Detail = fmt.Sprintf("still running after %v", p.patience())
	}
	err = program.stop(context.WithoutCancel(ctx))
	if w, labelled := p.log.(*labelledWriter); labelled {
		err = errors.Join(err, w.Close())
	}
	if program.exit.Code == external.NotSupported {
		return errors.Join(errNotSupported, err)
	}
	return err
}

// ended writes down how a program or fixture ended, now.
func (t *trial) ended(e rollover.Exit) {
	e.Ended = t.elapsed()
	t.wrote(e)
}

func (t *trial) wrote(e rollover.Exit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.setup.Exits = append(t.setup.Exits, e)
}

// closeClients closes what a fault made clients leave open.
func (t *trial) closeClients() error {
	var errs []error
	for _, p := range t.players {
		if p.client != nil {
			errs = append(errs, p.client.Close())
		}
	}
	return errors.Join(errs...)
}
