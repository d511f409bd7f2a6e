package trial

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/netns/capture"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/trace"
)

// The observation points: the gateway's two links.
const (
	clientSide = "client-side"
	serverSide = "server-side"
)

func (t *trial) topology() netns.Topology {
	return netns.Routed(netns.Options{MTU: t.scenario.Link.MTU, Rate: t.scenario.Link.Rate,
		SecondServer: t.scenario.Offer.Redirects(), Clients: t.scenario.Client.Count, Server: t.Ground.server()})
}

// rules is the profile in force, and what the ones before it counted.
type rules struct {
	t   *trial
	lab *netns.Lab
}

// load puts the scenario's profile in force before anything can send.
func (t *trial) load(lab *netns.Lab) (*rules, error) {
	r := &rules{t: t, lab: lab}
	return r, r.put(t.scenario.Profile)
}

func (r *rules) put(p firewall.Profile) error {
	if err := errors.Join(r.lab.Load(p), r.lab.Loaded(p)); err != nil {
		return err
	}
	r.t.ruleset += r.lab.Ruleset(p)
	return nil
}

// change replaces the profile in mid-play. What the old rules counted is kept.
func (r *rules) change(ctx context.Context, p firewall.Profile) error {
	if err := r.count(ctx); err != nil {
		return err
	}
	at := r.t.elapsed()
	if err := r.put(p); err != nil {
		return err
	}
	r.t.setup.Changes = append(r.t.setup.Changes, rollover.Change{At: at, Profile: p.Name})
	return nil
}

// count adds the counters of the profile in force to the trial's.
func (r *rules) count(ctx context.Context) error {
	counters, err := r.lab.Counters(ctx)
	if err != nil {
		return err
	}
	for _, c := range counters {
		r.t.counters = append(r.t.counters, rollover.Counter{Name: c.Name, Packets: c.Packets, Bytes: c.Bytes})
	}
	return nil
}

// recording is the capture of one trial.
type recording struct {
	t    *trial
	lab  *netns.Lab
	file *os.File
	rec  *capture.Recording
}

// record starts the capture on both of the gateway's links and proves it live
// with a canary before it returns.
func (t *trial) record(ctx context.Context, lab *netns.Lab) (*recording, error) {
	file, err := t.folder.Open(evidence.CaptureFile)
	if err != nil {
		return nil, err
	}
	gateway := lab.Host(netns.Gateway)
	towardsClient, _ := gateway.Interface(netns.Client)
	towardsServer, _ := gateway.Interface(netns.Server)
	rec, err := capture.Start(ctx, file,
		capture.Point{Name: clientSide, Host: gateway, Interface: towardsClient},
		capture.Point{Name: serverSide, Host: gateway, Interface: towardsServer})
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("starting the capture: %w", err)
	}
	r := &recording{t: t, lab: lab, file: file, rec: rec}
	t.began = time.Now()
	if err := rec.Canary(ctx); err != nil {
		r.stop()
		return nil, fmt.Errorf("proving the capture live: %w", err)
	}
	return r, nil
}

func (r *recording) stop() error {
	for _, h := range append(r.lab.Clients(), r.lab.Host(netns.Server)) {
		if h.Attached() {
			continue // what it drops is its own affair
		}
		dropped, err := h.UDPErrors()
		if err != nil {
			r.file.Close()
			return fmt.Errorf("reading udp errors of %s: %w", h.Name(), err)
		}
		r.t.setup.RcvErrors += dropped
	}
	_, err := r.rec.Stop()
	if closed := r.file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("stopping the capture: %w", err)
	}
	return nil
}

// locate writes down where the lab's hosts are.
func (t *trial) locate(lab *netns.Lab) {
	for _, h := range lab.Clients() {
		t.setup.Clients = append(t.setup.Clients, rollover.HostSetup{Name: h.Name(), Addrs: h.Addrs()})
	}
	t.setup.Client = t.setup.Clients[0]
	if !t.scenario.Several() {
		t.setup.Clients = nil
	}
	t.setup.Server = rollover.HostSetup{Name: netns.Server, Addrs: lab.Host(netns.Server).Addrs()}
	t.setup.Gateway = lab.Host(netns.Gateway).Addrs()
}

// describe fills in what is known of the trial before it starts.
func (t *trial) describe() rollover.Setup {
	ports := map[rollover.Service]uint16{}
	for _, service := range rollover.ControlServices() {
		ports[service] = t.Target.PortOf(t.scenario, service)
	}
	return rollover.Setup{
		Schema:  1,
		Tool:    t.Tool,
		SUT:     t.Target.Role,
		Target:  t.Target.Name,
		Claims:  t.Target.Claims.Rungs,
		Content: t.Target.Content,
		Ports:   ports,
		RTP:     t.Target.PortOf(t.scenario, "rtp"),
		RTCP:    t.Target.PortOf(t.scenario, "rtcp"),
		Points: []rollover.Point{
			{Name: clientSide, Interface: clientSide},
			{Name: serverSide, Interface: serverSide},
		},
		Timing:  t.Timing,
		Row:     t.Target.ClientRow(),
		Clip:    trace.Content(t.scenario, t.Clip),
		Started: time.Now().UTC(),
	}
}

func address(h *netns.Host, family rollover.Family) netip.Addr {
	return h.Addr(family == rollover.IPv6)
}
