package netns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a program that runs in a host.
type Process struct {
	cmd      *exec.Cmd
	lifeline *os.File // our init passes signals on, and ends with it
	reports  *os.File
	decoder  *json.Decoder
	grace    time.Duration

	done    chan struct{} // closed when nothing of the program is left
	exit    Exit          // valid once done is closed
	ended   time.Time     // likewise: when the program itself had ended
	err     error         // likewise: trouble of ours while waiting
	stopped atomic.Bool
	stop    sync.Once
}

// Exit is how a program ended.
type Exit struct {
	Code    int            // exit code; -1 when a signal ended it
	Signal  syscall.Signal // the signal that ended it; 0: it exited
	Stopped bool           // we had asked it to end before it did
}

func (e Exit) String() string {
	if e.Signal != 0 {
		return fmt.Sprintf("ended by signal %d (%s)", int(e.Signal), e.Signal)
	}
	return fmt.Sprintf("exit code %d", e.Code)
}

func newProcess(cmd *exec.Cmd, lifeline, reports *os.File, grace time.Duration) *Process {
	return &Process{
		cmd: cmd, lifeline: lifeline, reports: reports, decoder: json.NewDecoder(reports),
		grace: grace, done: make(chan struct{}),
	}
}

// running waits for our init's word that the program has been executed. From
// then on the end of the context stops the program.
func (p *Process) running(ctx context.Context, configErr error) error {
	var first report
	err := p.decoder.Decode(&first)
	if err == nil && first.Running {
		forget := context.AfterFunc(ctx, func() {
			// The result is for whoever calls Stop or waits for Done.
			_ = p.Stop(context.WithoutCancel(ctx))
		})
		go func() {
			p.watch()
			forget()
		}()
		return nil
	}
	p.watch() // its init is ending, with whatever it had started
	switch {
	case err == nil && first.Exec:
		return &ExecError{Argv0: first.Step, Err: first.err()}
	case err == nil:
		return fmt.Errorf("%s: %w", first.Step, first.err())
	case errors.Is(err, io.EOF):
		return errors.Join(errors.New("its init ended without a word"), configErr)
	}
	return fmt.Errorf("reading its init's report: %w", err)
}

// watch waits until the whole PID namespace is gone: PID 1 is only reaped
// after all the others.
func (p *Process) watch() {
	defer close(p.done)
	p.exit = Exit{Code: -1, Signal: unix.SIGKILL}
	var last report
	if err := p.decoder.Decode(&last); err == nil {
		p.exit = Exit{Code: last.Code, Signal: syscall.Signal(last.Signal)}
		if last.Signal != 0 {
			p.exit.Code = -1
		}
	}
	p.exit.Stopped = p.stopped.Load()
	p.ended = time.Now()
	err := p.cmd.Wait()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		p.err = fmt.Errorf("waiting for the program: %w", err)
	}
	p.err = errors.Join(p.err, p.lifeline.Close(), p.reports.Close())
}

// Done is closed when the program and all that it started are gone, and their
// output has been written.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit waits for Done and says how the program ended.
func (p *Process) Exit() Exit {
	<-p.done
	return p.exit
}

// Ended waits for Done and says when the program had ended.
func (p *Process) Ended() time.Time {
	<-p.done
	return p.ended
}

// Signal sends the program and its children a signal; one that has ended is
// not an error.
func (p *Process) Signal(s syscall.Signal) {
	// A closed lifeline means that there is nobody left to signal.
	_, _ = p.lifeline.Write([]byte{byte(s)})
}

// Stop asks the program to end (SIGTERM), and after its grace or when the
// context ends makes it (SIGKILL to everything it started). It returns when
// nothing is left; a program that has ended already, or been stopped before,
// is fine. The error is trouble of ours, such as a writer that failed.
func (p *Process) Stop(ctx context.Context) error {
	p.stop.Do(func() {
		p.stopped.Store(true)
		p.Signal(unix.SIGTERM)
	})
	grace := time.NewTimer(p.grace)
	defer grace.Stop()
	select {
	case <-p.done:
		return p.err
	case <-grace.C:
	case <-ctx.Done():
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing the program: %w", err)
	}
	<-p.done
	return p.err
}
