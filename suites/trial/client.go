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
	"github.com/rollover-conformance/rollover/fixtures/deviation"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// clientPorts is where old Windows clients listened, and where a client of
// ours does unless the scenario says otherwise (rollover.md B.6 note 3).
var clientPorts = stream.PortRange{Lo: 1024, Hi: 5000}

// play lets the clients play, and makes happen what the scenario wants to happen
// meanwhile.
func (t *trial) play(ctx context.Context, lab *netns.Lab, r *rules, s server) error {
	ctx, cancel := context.WithTimeout(ctx, t.patience())
	defer cancel()
	events := newEvents(t.scenario.Then, t.scenario.Client.Count)
	if t.Sabotage.Playing != nil {
		events.first = func() { t.Sabotage.Playing(func() error { return s.kill(context.WithoutCancel(ctx)) }) }
	}
	acting, stop := context.WithCancel(ctx)
	acted := make(chan error, 1)
	go func() { acted <- events.run(acting, r) }()

	var err error
	if !t.Sabotage.Idle {
		err = t.playAll(ctx, lab, events)
	}
	stop()
	return errors.Join(err, <-acted)
}

// patience is how long the client may take altogether: what the prediction
// allows at most, the clip, and a margin. It is a limit, not a window: a
// client that runs into it hangs. One that is under test may take all the time
// that is lawful, whatever ours is told.
func (t *trial) patience() time.Duration {
	const (
		margin = 20 * time.Second
		ours   = 40 * time.Second // for ours under test: longer than the longest lawful wait for media
	)
	limit := estimate(t.prediction, t.setup.Row, t.setup.Timing, t.Clip.Duration()) + t.setup.Timing.Silence
	switch {
	case t.setup.SUT != rollover.PartyClient:
		return limit + margin
	case t.Target.BuiltIn():
		return limit + ours
	}
	return max(limit, lawful(t.prediction)+t.Clip.Duration()) + margin
}

// clientConfig translates the scenario into the reference client's words.
func (p *player) clientConfig(journal stream.Journal) fixtures.ClientConfig {
	s, t := p.mine, p.trial
	cfg := fixtures.ClientConfig{
		Dialect: string(s.Dialect),
		Off:     words(s.Limits),
		Timing: stream.Timing{
			Connect:   t.setup.Timing.Connect,
			Reply:     t.setup.Timing.Reply,
			FirstData: t.setup.Timing.FirstData,
			Silence:   t.setup.Timing.Silence,
		},
		Ports: clientPorts,
		Agent: s.Client.Agent,

		Plain:         s.Client.Has(rollover.HabitPlain),
		NewConnection: s.Client.Has(rollover.HabitReconnect),
		Overlap:       s.Client.Has(rollover.HabitReconnect),
		Remember:      s.Client.Plays() > 1,
		Anew:          s.Client.Has(rollover.HabitAnew),
		ResendOverTCP: s.Client.Has(rollover.HabitResend),
		Punch:         s.Client.Has(rollover.HabitPunch),
		LookBack:      s.Client.Has(rollover.HabitLookBack),
		Cookie:        cookie(s),

		Faults:     faultsOf(s, 'F'),
		Deviations: t.odd[deviation.Client],
		Network:    network(p.host),
		Journal:    journal,
		OnEvent:    p.happened,
	}
	if s.Client.Names > 0 {
		cfg.Network.Resolve = t.resolve
	}
	if set := s.Client.Ports.Normal(); len(set) > 0 {
		cfg.Ports = stream.PortRange{Lo: set[0].Lo, Hi: set[len(set)-1].Hi}
		cfg.Network.ListenPacket = within(set, cfg.Network.ListenPacket)
	}
	if p.ports != nil && (len(s.Client.Ports) > 0 || s.OneAddress()) {
		cfg.Network.ListenPacket = p.ports.of(p.n, cfg.Network.ListenPacket)
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

// cookie is what every tunnel of the scenario's clients has; empty: each one of
// its own.
func cookie(s rollover.Scenario) string {
	if s.Client.Has(rollover.HabitCookie) {
		return "everybodysCookieInThisLab"
	}
	return ""
}

// within makes the ports between the ranges of a set look taken, so that a
// search from its lowest to its highest finds those of the set only. The ports
// of a multicast group are the server's choice.
func within(set firewall.Ports, listen listenPacket) listenPacket {
	return func(ctx context.Context, network, address string) (net.PacketConn, error) {
		if at, err := netip.ParseAddrPort(address); err == nil && at.Port() != 0 && !at.Addr().IsMulticast() && !set.Contains(at.Port()) {
			return nil, &net.OpError{Op: "listen", Net: network, Addr: net.UDPAddrFromAddrPort(at), Err: syscall.EADDRINUSE}
		}
		return listen(ctx, network, address)
	}
}

type listenPacket = func(ctx context.Context, network, address string) (net.PacketConn, error)

// url is what a client of the scenario is given: the target's own template filled in with the
// moniker, the server's literal address, or its name, and the clip.
func (t *trial) url(s rollover.Scenario) string {
	host := literal(t.serverAddr())
	if s.Client.Names > 0 {
		host = serverName
	}
	url, err := target.Expand(t.Target.URL, target.Values{Clip: target.ClipValues{Name: clipName}, Host: host, Moniker: s.Moniker, Port: t.port()})
	if err != nil {
		return "" // the loader has tried the template
	}
	return url
}

// serverName is the server's in URLs that have a name.
const serverName = "media.example"

// resolve answers as the client's hosts file does: the server's address first,
// then others of its network, where nobody is.
func (t *trial) resolve(_ context.Context, host string) ([]netip.Addr, error) {
	if host != serverName {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	addrs := []netip.Addr{t.serverAddr()}
	for len(addrs) < t.scenario.Client.Names {
		addrs = append(addrs, addrs[len(addrs)-1].Next())
	}
	return addrs, nil
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
