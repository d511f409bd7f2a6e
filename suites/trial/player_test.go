package trial

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// A port is for the whole trial the client's that took it first; it may take it
// again.
func TestPortPool(t *testing.T) {
	t.Parallel()
	pool := &portPool{owner: map[uint16]int{}}
	host := func(n int) listenPacket {
		return pool.of(n, func(context.Context, string, string) (net.PacketConn, error) { return nil, nil })
	}
	for _, c := range []struct {
		client  int
		address string
		taken   bool
	}{
		{1, "198.18.1.10:2000", false},
		{2, "198.18.2.10:2000", true},
		{2, "198.18.2.10:2001", false},
		{1, "198.18.1.10:2000", false},
		{1, "[2001:db8:3:1::10]:2001", true},
	} {
		if _, err := host(c.client)(t.Context(), "udp", c.address); errors.Is(err, syscall.EADDRINUSE) != c.taken {
			t.Errorf("client %d at %s: %v", c.client, c.address, err)
		}
	}
	refused := pool.of(3, func(context.Context, string, string) (net.PacketConn, error) { return nil, syscall.EACCES })
	if _, err := refused(t.Context(), "udp", "198.18.3.10:2002"); !errors.Is(err, syscall.EACCES) {
		t.Error(err)
	}
	if _, err := host(1)(t.Context(), "udp", "198.18.1.10:2002"); err != nil {
		t.Errorf("a port that could not be opened is nobody's: %v", err)
	}
}

func TestLabelledLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := &labelled{to: &out}
	a, b := l.as("client 1: "), l.as("client 2: ")
	a.Write([]byte("one, "))
	b.Write([]byte("other\nand"))
	a.Write([]byte("whole\n\n"))
	b.Write([]byte(" more"))
	for _, w := range []*labelledWriter{a, b, b} {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
	if want := "client 2: other\nclient 1: one, whole\nclient 1: \nclient 2: and more\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	out.Reset()
	a.Write(bytes.Repeat([]byte("x"), longLine))
	if !strings.HasPrefix(out.String(), "client 1: xxx") {
		t.Error("a line without an end is held for ever")
	}
}

// Of several clients, a moment has come when each has come to it, or has ended;
// what none came to has not.
func TestMomentOfSeveralClients(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		tell func(e *events)
		came bool
	}{
		{"one of three", func(e *events) { e.happened(1, rollover.WhenPlaying) }, false},
		{"one three times", func(e *events) {
			for range 3 {
				e.happened(1, rollover.WhenPlaying)
			}
		}, false},
		{"all", func(e *events) {
			for n := range 3 {
				e.happened(n+1, rollover.WhenPlaying)
			}
		}, true},
		{"two, and the third has ended", func(e *events) {
			e.gone(3)
			e.happened(1, rollover.WhenPlaying)
			e.happened(2, rollover.WhenPlaying)
		}, true},
		{"one, and the others end", func(e *events) { e.happened(2, rollover.WhenPlaying); e.gone(1); e.gone(3); e.gone(2) }, true},
		{"all have ended", func(e *events) { e.gone(1); e.gone(2); e.gone(3) }, false},
	} {
		e := newEvents([]rollover.Event{{When: rollover.WhenPlaying, Do: rollover.DoStop}}, 3)
		c.tell(e)
		came := false
		select {
		case <-e.seen[rollover.WhenPlaying]:
			came = true
		default:
		}
		if came != c.came {
			t.Errorf("%s: came %t", c.name, came)
		}
	}
}

// The scenario ends all plays, and an aborted one ends at its own first media.
func TestPlaysAreStoppedApart(t *testing.T) {
	t.Parallel()
	e := newEvents([]rollover.Event{{When: rollover.WhenPlayed, Profile: &firewall.Profile{}}}, 2)
	stopped := map[int]bool{}
	e.stopBy(1, func() { stopped[1] = true }, true)
	e.stopBy(2, func() { stopped[2] = true }, false)
	e.happened(1, rollover.WhenPlaying)
	e.happened(2, rollover.WhenPlaying)
	if !stopped[1] || stopped[2] {
		t.Errorf("stopped: %v", stopped)
	}
	e.end()
	if !stopped[2] {
		t.Error("the other plays on")
	}
}

// A client that has played waits for what is to follow until the others have
// played, too; one that has not waits for nothing.
func TestPlayedClientWaitsForTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newEvents([]rollover.Event{{When: rollover.WhenPlayed, Profile: &firewall.Profile{}}}, 2)
		go func() { // the conductor
			if e.wait(t.Context(), rollover.WhenPlayed, time.Now()) {
				close(e.acted[0])
			}
		}()
		began := time.Now()
		e.settle(t.Context(), 2, rollover.WhenPlayed)
		if time.Since(began) != 0 {
			t.Error("a client that has not played waits")
		}
		e.happened(1, rollover.WhenPlayed)
		go func() {
			time.Sleep(time.Second)
			e.happened(2, rollover.WhenPlayed)
		}()
		e.settle(t.Context(), 1, rollover.WhenPlayed)
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

// Who comes one after the other waits for those before, and not for their clip.
func TestEstimateInTurn(t *testing.T) {
	t.Parallel()
	starved := rollover.Prediction{Sequences: [][]rollover.Step{{{Rung: rollover.RTSPU, Outcome: rollover.Starved}, {Rung: rollover.RTSPT, Outcome: rollover.Played}}}}
	p := starved
	p.Clients = []rollover.Prediction{starved, starved, starved}
	if got := estimate(p, rollover.ClientRow{}, rollover.Brisk, 2*time.Second); got != 3*time.Second {
		t.Errorf("at once: %v", got)
	}
	p.InTurn = true
	if got := estimate(p, rollover.ClientRow{}, rollover.Brisk, 2*time.Second); got != 5*time.Second {
		t.Errorf("in turn: %v", got)
	}
}
