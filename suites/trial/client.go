package trial

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/rollover-conformance/rollover/fixtures"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// clientPorts is where old Windows clients listened, and where a client of
// ours does unless the scenario says otherwise (rollover.md B.6 note 3).
var clientPorts = stream.PortRange{Lo: 1024, Hi: 5000}

// play lets the client play, and makes happen what the scenario wants to
// happen meanwhile.
func (t *trial) play(ctx context.Context, h *netns.Host, r *rules) error {
	ctx, cancel := context.WithTimeout(ctx, t.patience())
	defer cancel()
	events := newEvents(t.scenario.Then)
	acting, stop := context.WithCancel(ctx)
	acted := make(chan error, 1)
	go func() { acted <- events.run(acting, r) }()

	var err error
	if t.setup.SUT == rollover.PartyClient && !t.Target.BuiltIn() {
		err = t.playProgram(ctx, h)
	} else {
		err = t.playReference(ctx, h, events.happened)
	}
	stop()
	return errors.Join(err, <-acted)
}

// patience is how long the client may take altogether: what the prediction
// allows at most, the clip, and a margin. It is a limit, not a window: a
// client that runs into it hangs.
func (t *trial) patience() time.Duration {
	const margin = 20 * time.Second
	return estimate(t.prediction, t.setup.Row, t.setup.Timing, t.Clip.Duration()) + t.setup.Timing.Silence + margin
}

func (t *trial) playReference(ctx context.Context, h *netns.Host, happened func(string)) error {
	journal, err := t.folder.Open(evidence.ClientJournalFile)
	if err != nil {
		return err
	}
	defer journal.Close()
	client, err := fixtures.NewClient(t.clientConfig(h, stream.NewJournal(journal, string(rollover.PartyClient)), happened))
	if err != nil {
		return fmt.Errorf("configuring the reference client: %w", err)
	}
	t.client = client
	exit := rollover.Exit{Party: rollover.PartyClient, Program: "reference client", Ready: true, ByItself: true}
	result, err := client.Play(ctx, t.url())
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("playing with the reference client: %w", err)
	}
	if result.Outcome != stream.Played {
		exit.Code = 1
	}
	exit.ByItself = ctx.Err() == nil
	exit.Detail = result.String()
	exit.Ended = t.elapsed()
	t.setup.Exits = append(t.setup.Exits, exit)
	return nil
}

// clientConfig translates the scenario into the reference client's words.
func (t *trial) clientConfig(h *netns.Host, journal stream.Journal, happened func(string)) fixtures.ClientConfig {
	s := t.scenario
	cfg := fixtures.ClientConfig{
		Dialect: string(s.Dialect),
		Off:     words(s.Limits),
		Timing: stream.Timing{
			Connect:   t.setup.Timing.Connect,
			Reply:     t.setup.Timing.Reply,
			FirstData: t.setup.Timing.FirstData,
			Silence:   t.setup.Timing.Silence,
		},
		Ports:   clientPorts,
		Agent:   s.Client.Agent,
		Faults:  t.faultsOf('F'),
		Network: network(h),
		Journal: journal,
		OnEvent: happened,
	}
	if p := s.Client.Ports.Normal(); len(p) > 0 {
		cfg.Ports = stream.PortRange{Lo: p[0].Lo, Hi: p[len(p)-1].Hi}
		cfg.Network.ListenPacket = within(p, cfg.Network.ListenPacket)
	}
	if a := s.Offer.Auth; a != nil {
		switch a.Client {
		case "right":
			cfg.User, cfg.Password = a.User, a.Password
		case "wrong":
			cfg.User, cfg.Password = a.User, a.Password+"-wrong"
		}
	}
	return cfg
}

// within makes the ports between the ranges of a set look taken, so that a
// search from its lowest to its highest finds those of the set only.
func within(set firewall.Ports, listen listenPacket) listenPacket {
	return func(ctx context.Context, network, address string) (net.PacketConn, error) {
		if at, err := netip.ParseAddrPort(address); err == nil && at.Port() != 0 && !set.Contains(at.Port()) {
			return nil, &net.OpError{Op: "listen", Net: network, Addr: net.UDPAddrFromAddrPort(at), Err: syscall.EADDRINUSE}
		}
		return listen(ctx, network, address)
	}
}

type listenPacket = func(ctx context.Context, network, address string) (net.PacketConn, error)

// url is what the client is given: the moniker, the server's literal address
// and the clip.
func (t *trial) url() string {
	return fmt.Sprintf("%s://%s%s/%s", t.scenario.Moniker, literal(t.serverAddr()), t.port(), clipName)
}

// clipName is the path of the clip on every server.
const clipName = "clip.asf"

func (t *trial) serverAddr() netip.Addr {
	for _, a := range t.setup.Server.Addrs {
		if a.Is6() == (t.scenario.Family == rollover.IPv6) {
			return a
		}
	}
	return netip.Addr{}
}

// literal is an address as it stands in a URL.
func literal(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// port is the port part of the URL: empty, or with its colon.
func (t *trial) port() string {
	if t.scenario.Port == 0 {
		return ""
	}
	return fmt.Sprintf(":%d", t.scenario.Port)
}
