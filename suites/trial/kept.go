package trial

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// keptProgram is a program that is kept for many trials.
type keptProgram struct {
	*program
	call []string // what it was started with
}

// keptServer starts the server under test, or takes the one that runs if it was
// started with just what this scenario wants. One that has died is started
// again: that it did is the trial's finding in which it happened.
func (t *trial) keptServer(ctx context.Context, h *netns.Host) (server, bool, error) {
	argv, env, err := t.command(rollover.PartyServer, t.scenario)
	if err != nil {
		return nil, false, err
	}
	call := slices.Concat(argv, env, []string{t.Clip.SHA256()})
	k := t.Ground.kept
	if k == nil || k.ended() || !slices.Equal(k.call, call) {
		return t.startKept(ctx, h, call)
	}
	file, err := t.folder.Open(evidence.ServerLogFile)
	if err != nil {
		return nil, false, err
	}
	k.log.to(file)
	k.t = t
	k.exit = rollover.Exit{Party: rollover.PartyServer, Program: argv[0], Code: -1, Ready: true}
	return k, true, nil
}

func (t *trial) startKept(ctx context.Context, h *netns.Host, call []string) (server, bool, error) {
	if err := t.Ground.kept.end(ctx); err != nil {
		return nil, false, err
	}
	t.Ground.kept = nil
	s, ready, err := t.startServerProgram(ctx, h)
	p, ok := s.(*program)
	if err != nil || !ready || !ok {
		return s, ready, err
	}
	t.Ground.kept = &keptProgram{program: p, call: call}
	return t.Ground.kept, true, nil
}

// stop ends the program's part in a trial; the program itself goes on.
func (k *keptProgram) stop(context.Context) error {
	exit := k.exit
	exit.ByItself = k.ended()
	if exit.ByItself {
		how := k.process.Exit()
		exit.Code, exit.Detail = how.Code, how.String()
	}
	k.t.ended(exit)
	return k.log.Close()
}

// end ends the program.
func (k *keptProgram) end(ctx context.Context) error {
	if k == nil {
		return nil
	}
	return errors.Join(k.process.Stop(ctx), k.log.Close())
}

// relay passes a program's output on to the log of the trial that is being
// played; what comes between trials is nobody's.
type relay struct {
	mu   sync.Mutex
	file io.WriteCloser // nil: none
}

func (r *relay) to(file io.WriteCloser) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file = file
}

func (r *relay) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return len(p), nil
	}
	return r.file.Write(p)
}

func (r *relay) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}
