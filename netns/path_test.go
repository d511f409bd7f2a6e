package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// path is a lab with a profile loaded, for sending flows through.
type path struct {
	t       *testing.T
	lab     *Lab
	profile firewall.Profile
	v6      bool
}

// What a sender or its peer can see of a packet.
const (
	delivered  = "delivered"
	nothing    = "nothing"
	refused    = "refused"
	prohibited = "prohibited"
)

// Patience for what must come, and for what must not: the second covers the
// second that a TCP connect takes to notice an ICMP error over IPv6.
const (
	sure       = 10 * time.Second
	silenceTCP = 1400 * time.Millisecond
	silenceUDP = 400 * time.Millisecond
)

var seen = map[firewall.Action]string{
	firewall.Accept: delivered, firewall.Drop: nothing, firewall.Reset: refused, firewall.Prohibit: prohibited,
}

// expect is what the model says will be seen. A connection over TCP needs the
// answer to pass too; if it does not, the opener sees nothing, whatever the
// answerer is told.
func (p path) expect(f firewall.Flow) string {
	fate := seen[p.profile.Fate(f).Action]
	if f.Proto == firewall.UDP {
		if f.From == firewall.Server && p.profile.NAT != firewall.NoNAT && fate != delivered {
			return nothing // sent from a socket without a peer, which hears of no error
		}
		return fate
	}
	answer := firewall.Flow{From: f.From.Other(), Began: f.From, Proto: f.Proto, SPort: f.DPort, DPort: ephemeral}
	if fate == delivered && p.profile.Fate(answer).Action != firewall.Accept {
		return nothing
	}
	return fate
}

// ephemeral stands for the ports the kernel chooses: no rule names one.
const ephemeral = 40000

func (p path) observe(f firewall.Flow, want string) string {
	if f.Proto == firewall.TCP {
		return p.connect(f, want)
	}
	return p.datagram(f, want)
}

func (p path) host(s firewall.Side) *Host { return p.lab.Host(string(s)) }

// connect opens a connection, and calls it delivered when it stands.
func (p path) connect(f firewall.Flow, want string) string {
	to := at(p.host(f.From.Other()), p.v6, int(f.DPort))
	l, err := p.host(f.From.Other()).Listen(p.t.Context(), "tcp", to)
	if err != nil {
		return err.Error()
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(p.t.Context(), waitFor(want, silenceTCP))
	defer cancel()
	conn, err := p.host(f.From).DialContext(ctx, "tcp", to)
	if err != nil {
		return errorSeen(err)
	}
	conn.Close()
	return delivered
}

func waitFor(want string, silence time.Duration) time.Duration {
	if want == nothing {
		return silence
	}
	return sure
}

func errorSeen(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return nothing
	case errors.Is(err, unix.ECONNREFUSED):
		return refused
	case errors.Is(err, unix.EHOSTUNREACH), errors.Is(err, unix.EACCES), errors.Is(err, unix.ENETUNREACH):
		return prohibited
	}
	return err.Error()
}

// datagram sends one datagram, after one the other way if the other side
// began, and looks at both ends.
func (p path) datagram(f firewall.Flow, want string) string {
	from, to := p.host(f.From), p.host(f.From.Other())
	sender, err := p.socket(from, f.SPort, to, f.DPort)
	if err != nil {
		return err.Error()
	}
	defer sender.Close()
	receiver, err := p.socket(to, f.DPort, from, f.SPort)
	if err != nil {
		return err.Error()
	}
	defer receiver.Close()

	if f.Began != f.From {
		if err := p.open(receiver, sender, f); err != nil {
			return err.Error()
		}
	}
	if err := sender.send("probe"); err != nil {
		return errorSeen(err)
	}
	ends := make(chan string, 2)
	receiver.within(waitFor(want, silenceUDP))
	sender.within(waitFor(want, silenceUDP))
	go func() { ends <- receiver.await("probe") }()
	go func() { ends <- sender.await("never") }()
	first := <-ends
	if first == nothing {
		return <-ends
	}
	// Let the other end give up, whatever it still waits for.
	sender.within(0)
	receiver.within(0)
	<-ends
	return first
}

// open sends the conversation's first datagram from the receiver-to-be.
func (p path) open(opener, other *end, f firewall.Flow) error {
	if err := opener.send("opening"); err != nil {
		return fmt.Errorf("sending the opening: %w", err)
	}
	first := firewall.Flow{From: f.Began, Began: f.Began, Proto: f.Proto, SPort: f.DPort, DPort: f.SPort}
	want := seen[p.profile.Fate(first).Action]
	other.within(waitFor(want, silenceUDP))
	got := other.await("opening")
	if (got == delivered) != (want == delivered) {
		return fmt.Errorf("the opening: %s, the model says %s", got, want)
	}
	opener.heard() // the opening's own error is not the probe's
	return nil
}

// end is a UDP socket at one end of a flow. The server behind a NAT has no
// fixed peer: it answers whoever wrote, or its client's own address.
type end struct {
	*net.UDPConn
	peer  *net.UDPAddr
	fixed bool
}

func (p path) socket(on *Host, port uint16, peer *Host, peerPort uint16) (*end, error) {
	local := &net.UDPAddr{IP: on.Addr(p.v6).AsSlice(), Port: int(port)}
	remote := &net.UDPAddr{IP: peer.Addr(p.v6).AsSlice(), Port: int(peerPort)}
	e := &end{peer: remote, fixed: p.profile.NAT == firewall.NoNAT || on.Name() == Client}
	err := on.Do(func() (err error) {
		if e.fixed {
			e.UDPConn, err = net.DialUDP("udp", local, remote)
		} else {
			e.UDPConn, err = net.ListenUDP("udp", local)
		}
		return err
	})
	return e, err
}

// send sends. That its own host's firewall drops a packet, Linux tells the
// sender at once; for the path it is silence.
func (e *end) send(text string) (err error) {
	if e.fixed {
		_, err = e.Write([]byte(text))
	} else {
		_, err = e.WriteToUDP([]byte(text), e.peer)
	}
	if errors.Is(err, unix.EPERM) {
		return nil
	}
	return err
}

// within bounds the wait from now on.
func (e *end) within(d time.Duration) { e.SetReadDeadline(time.Now().Add(d)) }

// await reads until the text comes, an error, or the time is up.
func (e *end) await(text string) string {
	buf := make([]byte, 64)
	for {
		n, from, err := e.ReadFromUDP(buf)
		if err != nil {
			return errorSeen(err)
		}
		if !e.fixed {
			e.peer = from
		}
		if string(buf[:n]) == text {
			return delivered
		}
	}
}

// heard takes the errors that wait at the socket.
func (e *end) heard() {
	raw, err := e.SyscallConn()
	if err != nil {
		return
	}
	raw.Control(func(fd uintptr) { unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR) })
}
