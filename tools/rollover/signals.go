package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/rollover-conformance/rollover/suites/campaign"
)

// signals are what asks this process to end. They are asked for once, first
// thing, and then belong to one reader at a time: to a context that ends with
// the first of them, or to the sandbox, which passes them on. So none is lost,
// at whatever moment it comes.
type signals struct {
	asked chan os.Signal
	stop  chan struct{}
	done  chan struct{}
}

// signalsKey is where a command's context has its signals.
type signalsKey struct{}

// untilSignal returns a context that ends with the first signal, and has it for
// its cause; a second one then ends the process: whoever asks again does not
// want to wait for reports.
func untilSignal(parent context.Context) (context.Context, *signals) {
	s := &signals{asked: make(chan os.Signal, 8), stop: make(chan struct{}), done: make(chan struct{})}
	ctx, cancel := context.WithCancelCause(context.WithValue(parent, signalsKey{}, s))
	wanted := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) { // told to outlive its terminal
		wanted = append(wanted, syscall.SIGHUP)
	}
	signal.Notify(s.asked, wanted...)
	go func() {
		defer close(s.done)
		select {
		case first := <-s.asked:
			signal.Stop(s.asked)
			cancel(causeOf(first))
		case <-s.stop:
		}
	}()
	return ctx, s
}

// causeOf is what a run record calls the end that a signal asked for.
func causeOf(s os.Signal) error {
	if s == syscall.SIGTERM {
		return campaign.ErrTerminated
	}
	return context.Canceled
}

// handOver gives the signals away: to whoever reads the channel. It reports
// false where one has come already.
func (s *signals) handOver(ctx context.Context) (chan os.Signal, bool) {
	close(s.stop)
	<-s.done
	return s.asked, ctx.Err() == nil
}
