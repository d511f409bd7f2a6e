package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/external"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// errNotSupported ends a trial whose program says that it cannot do what was
// asked for.
var errNotSupported = fmt.Errorf("the program does not support this scenario (exit status %d)", external.NotSupported)

// program is somebody else's program while it runs in a host of the lab.
type program struct {
	t       *trial
	process *netns.Process
	log     *relay // of a server; nil: others close it
	exit    rollover.Exit
}

// startServerProgram starts the server under test and waits until it is
// ready. One that never gets there is not an error of the rig's: it is written
// down, and no client is started.
func (t *trial) startServerProgram(ctx context.Context, h *netns.Host) (server, bool, error) {
	file, err := t.folder.Open(evidence.ServerLogFile)
	if err != nil {
		return nil, false, err
	}
	into := &relay{file: file}
	log := &lineLog{line: t.Target.Start.Ready.Line, seen: make(chan struct{})}
	p, err := t.startProgram(ctx, h, rollover.PartyServer, t.scenario, io.MultiWriter(into, log))
	if t.neverRan(rollover.PartyServer, 0, err) {
		return absent{}, false, file.Close()
	}
	if err != nil {
		return nil, false, errors.Join(err, file.Close())
	}
	p.log = into
	ready, cancel := context.WithTimeout(ctx, t.Target.Start.Ready.Within)
	defer cancel()
	go func() { // a program that has ended will not get ready any more
		select {
		case <-p.process.Done():
			cancel()
		case <-ready.Done():
		}
	}()
	err = t.untilReady(ready, h, log.seen)
	switch {
	case err == nil:
		p.exit.Ready = true
	case ctx.Err() != nil:
		return nil, false, errors.Join(err, p.stop(ctx))
	case p.ended() && p.process.Exit().Code == external.NotSupported:
		return nil, false, errors.Join(errNotSupported, p.stop(ctx))
	default:
		p.exit.Detail = p.notReady(err, log.lastLine())
	}
	return p, p.exit.Ready, nil
}

// absent is a server that could not even be executed.
type absent struct{}

func (absent) stop(context.Context) error { return nil }
func (absent) kill(context.Context) error { return nil }

// neverRan writes down a program that could not be executed, where that is what
// the error is about: the target file's mistake, and not the rig's trouble.
func (t *trial) neverRan(party rollover.Party, client int, err error) bool {
	var e *netns.ExecError
	if !errors.As(err, &e) {
		return false
	}
	t.ended(rollover.Exit{Party: party, Client: client, Program: e.Argv0, Code: -1, ByItself: true, Detail: "not ready: " + e.Error()})
	return true
}

// notReady says why a program did not get ready, and its last words.
func (p *program) notReady(err error, lastLine string) string {
	why := err.Error()
	var deaf *netns.NotListening
	switch {
	case errors.As(err, &deaf) && !p.ended():
		why = notListening(deaf, p.t.Target.Start.Ready.Within)
	case deaf != nil:
		why = fmt.Sprintf("it ended (%s) before anything listened on %s", p.process.Exit(), strings.Join(deaf.Missing, ", "))
	case p.ended():
		why = fmt.Sprintf("it ended (%s): %s", p.process.Exit(), why)
	}
	if lastLine != "" {
		why += fmt.Sprintf("; the last it printed: %s", lastLine)
	}
	return "not ready: " + why
}

// notListening says what a server did not listen on in time, and where it does.
func notListening(deaf *netns.NotListening, within time.Duration) string {
	return fmt.Sprintf("nothing listens on %s within %v%s", strings.Join(deaf.Missing, ", "), within, deaf.Instead())
}

// untilReady waits in the way that the target file names.
func (t *trial) untilReady(ctx context.Context, h *netns.Host, line <-chan struct{}) error {
	ready := t.Target.Start.Ready
	switch {
	case ready.Line != "":
		select {
		case <-line:
			return nil
		case <-ctx.Done():
			return fmt.Errorf("the line %q did not come within %v", ready.Line, ready.Within)
		}
	case len(ready.Command) > 0:
		return t.untilCommand(ctx, h)
	}
	return h.WaitListening(ctx, ready.Listen)
}

// commandPause lies between two tries of a ready command.
const commandPause = 200 * time.Millisecond

// untilCommand runs the ready command until it exits with 0.
func (t *trial) untilCommand(ctx context.Context, h *netns.Host) error {
	argv, err := target.ExpandAll(t.Target.Start.Ready.Command, t.values(t.scenario))
	if err != nil {
		return err
	}
	tick := time.NewTicker(commandPause)
	defer tick.Stop()
	for {
		p, err := h.Start(ctx, netns.Program{Argv: argv, Dir: t.Target.Dir, User: t.Target.Start.User})
		if err != nil && ctx.Err() == nil {
			return err
		}
		if err == nil && p.Exit().Code == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the command %v did not succeed within %v", argv, t.Target.Start.Ready.Within)
		}
	}
}

// startProgram runs the target's program in the host. What it prints goes to
// out.
func (t *trial) startProgram(ctx context.Context, h *netns.Host, party rollover.Party, s rollover.Scenario, out io.Writer) (*program, error) {
	argv, env, err := t.command(party, s)
	if err != nil {
		return nil, err
	}
	// The program outlives the context that bounds its start: stop ends it.
	process, err := h.Start(context.WithoutCancel(ctx), netns.Program{
		Argv: argv, Env: env, Dir: t.Target.Dir, User: t.Target.Start.User,
		Files: map[string][]byte{clipName: t.Clip.File()}, Stdout: out, Stderr: out, Output: t.logLimit(),
	})
	if err != nil {
		return nil, err
	}
	return &program{t: t, process: process, exit: rollover.Exit{Party: party, Program: argv[0], Code: -1}}, nil
}

// keptLog bounds what a program that is kept may print in all its trials, bytes.
const keptLog = 256 << 20

func (t *trial) logLimit() int64 {
	if t.Target.Stays() {
		return keptLog
	}
	return 0
}

// command is the program's argument list and environment for the scenario, as
// its client has it.
func (t *trial) command(party rollover.Party, s rollover.Scenario) (argv, env []string, err error) {
	templates, variables := t.Target.Command(s)
	values := t.values(s)
	argv, err = target.ExpandAll(templates, values)
	if err != nil {
		return nil, nil, err
	}
	call := external.Call{Role: string(party), URL: values.URL, Off: words(s.Limits), Clip: values.Clip.ASF,
		Journal: filepath.Join(values.Dir, string(party)+".journal")}
	if ladder, _, _, err := rollover.LadderFor(s.Dialect, s.Moniker); err == nil {
		call.Ladder = words(ladder)
	}
	if t.Target.Stays() { // it serves other scenarios than this one, too
		call.URL, call.Off, call.Ladder = "", nil, nil
	}
	env = call.Environment()
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		value, err := target.Expand(variables[name], values)
		if err != nil {
			return nil, nil, err
		}
		env = append(env, name+"="+value)
	}
	return argv, env, nil
}

// values is what the templates of a target file may name.
func (t *trial) values(s rollover.Scenario) target.Values {
	dir := netns.ProgramDir()
	v := target.Values{
		Clip:    target.ClipValues{Dir: dir, ASF: filepath.Join(dir, clipName), Name: clipName},
		Host:    literal(t.serverAddr()),
		Moniker: s.Moniker,
		Port:    t.port(),
		URL:     t.url(s),
		Dir:     dir,
	}
	for i, off := range s.Limits {
		if i > 0 {
			v.Off += ","
		}
		v.Off += string(off)
	}
	return v
}

// ended reports whether nothing of the program is left.
func (p *program) ended() bool {
	select {
	case <-p.process.Done():
		return true
	default:
		return false
	}
}

// stop ends the program if it still runs and writes down how it ended.
func (p *program) stop(ctx context.Context) error {
	p.exit.ByItself = p.ended()
	p.exit.Ended = p.t.elapsed()
	err := p.process.Stop(ctx)
	how := p.process.Exit()
	if p.exit.ByItself {
		p.exit.Ended = p.process.Ended().Sub(p.t.began)
	}
	p.exit.Code = how.Code
	if p.exit.Detail == "" {
		p.exit.Detail = how.String()
	}
	p.t.wrote(p.exit)
	if p.log != nil {
		err = errors.Join(err, p.log.Close())
	}
	return err
}

func (p *program) kill(ctx context.Context) error { return p.process.Stop(ctx) }

// touch makes empty files of the folder, so that the absence of one later means
// that it was lost.
func (t *trial) touch(names ...string) error {
	for _, name := range names {
		f, err := t.folder.Open(name)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			return err
		}
	}
	return nil
}
