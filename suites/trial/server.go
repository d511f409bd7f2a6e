package trial

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/fixtures"
	"github.com/rollover-conformance/rollover/fixtures/deviation"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// readyLimit is how long a fixture may take until it listens; a program's own
// limit is in its target file.
const readyLimit = 10 * time.Second

// server is a server that has been started.
type server interface {
	stop(ctx context.Context) error
	kill(ctx context.Context) error // end it as if it had died
}

// startServer starts the server under test, or the reference server where the
// client is under test, and waits until it is ready. A program that never gets
// ready is no error here: it is written down.
func (t *trial) startServer(ctx context.Context, lab *netns.Lab) (s server, ready bool, err error) {
	h := lab.Host(netns.Server)
	if err := t.touch(evidence.ServerJournalFile, evidence.ServerLogFile, evidence.ClientJournalFile, evidence.ClientLogFile); err != nil {
		return nil, false, err
	}
	switch underTest := t.setup.SUT == rollover.PartyServer && !t.Target.BuiltIn(); {
	case underTest && t.Target.Attach != nil:
		return t.attachServer(ctx, lab)
	case underTest && t.Target.Stays():
		return t.keptServer(ctx, h)
	case underTest:
		return t.startServerProgram(ctx, h)
	}
	s, err = t.startReferenceServer(ctx, h)
	if err != nil || !t.scenario.Offer.Redirects() {
		return s, err == nil, err
	}
	second, err := t.startSecond(ctx, h)
	if err != nil {
		return nil, false, errors.Join(err, s.stop(context.WithoutCancel(ctx)))
	}
	return pair{s, second}, true, nil
}

// pair is the server and the place that it sends clients to.
type pair struct {
	server
	second *fixtures.Server
}

func (p pair) stop(ctx context.Context) error {
	return errors.Join(p.server.stop(ctx), p.second.Close())
}

// startSecond starts the server that clients are redirected to, at the host's
// second address. It serves the same and keeps no journal.
func (t *trial) startSecond(ctx context.Context, h *netns.Host) (*fixtures.Server, error) {
	cfg := t.serverConfig(h, stream.Silent())
	cfg.Addr, cfg.Elsewhere, cfg.Faults = t.second(), "", nil
	cfg.Reply = maps.Clone(cfg.Reply)
	maps.DeleteFunc(cfg.Reply, func(_, code string) bool { return strings.HasPrefix(code, "3") })
	s, err := fixtures.NewServer(cfg)
	if err != nil {
		return nil, fmt.Errorf("configuring the second server: %w", err)
	}
	if err := s.Start(ctx); err != nil {
		return nil, fmt.Errorf("starting the second server: %w", err)
	}
	return s, nil
}

// second is the server host's other address of the scenario's family.
func (t *trial) second() netip.Addr {
	for _, a := range slices.Backward(t.setup.Server.Addrs) {
		if a.Is6() == (t.scenario.Family == rollover.IPv6) {
			return a
		}
	}
	return netip.Addr{}
}

// referenceServer is the built-in server in the lab's server host.
type referenceServer struct {
	t       *trial
	host    *netns.Host
	server  *fixtures.Server
	journal interface{ Close() error }
	exit    rollover.Exit
}

func (t *trial) startReferenceServer(ctx context.Context, h *netns.Host) (server, error) {
	journal, err := t.folder.Open(evidence.ServerJournalFile)
	if err != nil {
		return nil, err
	}
	s, err := fixtures.NewServer(t.serverConfig(h, stream.NewJournal(journal, string(rollover.PartyServer))))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("configuring the reference server: %w", err), journal.Close())
	}
	running := &referenceServer{t: t, host: h, server: s, journal: journal,
		exit: rollover.Exit{Party: rollover.PartyServer, Program: "reference server", Code: -1}}
	if err := s.Start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the reference server: %w", err), running.stop(ctx))
	}
	ready, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	if err := h.WaitListening(ready, s.Listens()); err != nil {
		return nil, errors.Join(fmt.Errorf("waiting for the reference server: %w", err), running.stop(ctx))
	}
	running.exit.Ready = true
	return running, nil
}

func (r *referenceServer) stop(context.Context) error {
	gone, err := r.gone()
	if r.exit.Ready && gone != "" {
		r.exit.ByItself, r.exit.Detail = true, "nothing listens on "+gone+" any more"
	}
	r.t.ended(r.exit)
	return errors.Join(err, r.server.Close(), r.journal.Close())
}

func (r *referenceServer) kill(context.Context) error { return r.server.Close() }

// gone names a socket that the server no longer listens on; empty: all are
// there.
func (r *referenceServer) gone() (string, error) {
	now, err := r.host.Listening()
	if err != nil {
		return "", err
	}
	for _, want := range r.server.Listens() {
		if !slices.ContainsFunc(now, func(l netns.Listener) bool { return l.String() == want }) {
			return want, nil
		}
	}
	return "", nil
}

// serverConfig translates the scenario's offer into the reference server's
// words.
func (t *trial) serverConfig(h *netns.Host, journal stream.Journal) fixtures.ServerConfig {
	offer := t.scenario.Offer
	cfg := fixtures.ServerConfig{
		Modern:     t.scenario.Dialect == rollover.Modern,
		Version:    offer.WMS,
		Rungs:      words(offer.Rungs),
		HTTP:       offer.HTTP,
		FastCache:  offer.FastCache,
		Live:       offer.Content == "live",
		Ports:      map[string]uint16{"rtp": t.setup.RTP, "rtcp": t.setup.RTCP},
		Reply:      offer.Reply,
		Elsewhere:  t.elsewhere(),
		Faults:     faultsOf(t.scenario, 'E'),
		Deviations: t.odd[deviation.Server],
		Clip:       t.Clip,
		Reports:    offer.Reports,

		SessionTimeout: offer.Session,

		Addr:    address(h, t.scenario.Family),
		Network: network(h),
		Journal: journal,
	}
	for service, port := range t.setup.Ports {
		cfg.Ports[string(service)] = port
	}
	if offer.Tunnels() {
		cfg.HTTP = "" // which is the tunnel's
	}
	if a := offer.Auth; a != nil {
		cfg.Auth = &stream.Auth{Scheme: a.Scheme, User: a.User, Password: a.Password}
	}
	return cfg
}

// elsewhere is where a redirect leads; empty: there is none.
func (t *trial) elsewhere() string {
	if !t.scenario.Offer.Redirects() {
		return ""
	}
	return literal(t.second())
}

// faultsOf are the scenario's faults of one side: E for the server's, F for
// the client's.
func faultsOf(s rollover.Scenario, side byte) []string {
	var out []string
	for _, id := range s.Faults {
		if id[0] == side {
			out = append(out, id)
		}
	}
	return out
}

// network is how a fixture reaches the world from a host of the lab.
func network(h *netns.Host) stream.Network {
	return stream.Network{DialContext: h.DialContext, Listen: h.Listen, ListenPacket: h.ListenPacket, Resolve: h.Resolve}
}

func words[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, w := range in {
		out[i] = string(w)
	}
	return out
}
