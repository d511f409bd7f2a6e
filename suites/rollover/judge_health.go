package rollover

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// rigCheck is the requirement that the rig's own trouble is filed under: a
// filter, and a lab, that do what the model says.
const rigCheck = "RO-FW-01"

func (b *bench) trouble(expected, seen string, frames ...FrameRef) {
	b.find(PartyRig, rigCheck, expected, seen, frames)
}

// evidence asks whether the evidence can be believed at all.
func (b *bench) evidence() {
	for _, m := range b.Missing {
		b.trouble("all evidence of the trial is there and whole", m)
	}
	h := b.Trace.Health
	if h.Lost > 0 {
		b.trouble("the recorder loses no frame", fmt.Sprintf("%d frames lost", h.Lost))
	}
	if !h.Canary {
		b.trouble("a marked frame is seen at both points before the client's first", "no canary; silence in this capture proves nothing")
	}
	for _, p := range h.Problems {
		b.trouble("the capture is whole", p)
	}
	if n := b.Setup.RcvErrors; n > 0 {
		b.trouble("the hosts have room for every datagram", fmt.Sprintf("%d datagrams dropped for want of receive buffer", n))
	}
}

// readiness asks whether both programs got as far as taking part.
func (b *bench) readiness() {
	h := b.Trace.Health
	for _, e := range b.Setup.Exits {
		if !e.Ready {
			b.trouble(fmt.Sprintf("the %s (%s) gets ready", e.Party, e.Program), "it never did"+detail(e))
			continue
		}
		early := h.ClientFrames == 0 || e.Ended < h.FirstClient
		if e.Party == PartyServer && e.ByItself && early {
			b.trouble(fmt.Sprintf("the server (%s) waits for its client", e.Program), "it ended before the client's first frame"+detail(e))
		}
		// One of several is another matter: the trial has begun with the others.
		if e.Party == PartyClient && h.ClientFrames == 0 && (e.ByItself || e.Client == 0) && b.mustMove() {
			seen := "it ended without a frame"
			if !e.ByItself {
				seen = "it sent no frame, and had to be stopped"
			}
			b.trouble(fmt.Sprintf("the client (%s) takes part", e.Program), seen+detail(e))
		}
	}
}

// stall asks whether the machine let the rig keep time, once there is something
// to be said against anybody: a fixture that was kept from running for a good
// part of the shortest timer did what it did late, and the other side met that.
// A trial that went as predicted all the same needs no excuse.
func (b *bench) stall() {
	if !b.Setup.Unsteady() || !slices.ContainsFunc(b.findings, func(f Finding) bool { return !f.Note }) {
		return
	}
	b.trouble(fmt.Sprintf("the machine keeps the rig waiting for %v at most", b.Setup.steady()),
		fmt.Sprintf("it kept it waiting for %v; fewer --jobs, or a machine that does less beside, would help", b.Setup.Stalled.Round(time.Millisecond)))
}

func detail(e Exit) string {
	if e.Detail == "" {
		return fmt.Sprintf(" (exit %d)", e.Code)
	}
	return fmt.Sprintf(" (exit %d: %s)", e.Code, e.Detail)
}

// mustMove reports that every prediction has at least one step that leaves
// frames.
func (b *bench) mustMove() bool {
	return !slices.ContainsFunc(b.Prediction.Sequences, func(seq []Step) bool {
		_, may := ahead(performed(seq))
		return may
	})
}

// counted are the packets that each rule met. A profile that changed in
// mid-play has counters of its last state only, which say nothing.
func (b *bench) counted() (packets map[string]uint64, ok bool) {
	if len(b.Scenario.Then) > 0 || len(b.Setup.Changes) > 0 || b.missing("counters") {
		return nil, false
	}
	packets = map[string]uint64{}
	for _, c := range b.Counters {
		packets[c.Name] = c.Packets
	}
	return packets, true
}

// loaded asks whether the profile was loaded.
func (b *bench) loaded() {
	packets, ok := b.counted()
	if !ok {
		return
	}
	for _, name := range b.Scenario.Profile.Names() {
		if _, ok := packets[name]; !ok {
			b.trouble(fmt.Sprintf("rule %q of profile %s is loaded", name, b.Scenario.Profile.Name), "it has no counter")
		}
	}
}

// met asks whether each rule that decided a step did meet packets.
func (b *bench) met() {
	packets, ok := b.counted()
	if !ok {
		return
	}
	for i, a := range b.Trace.Attempts {
		s, ok := b.match.step(i)
		if _, astray := b.cause(i, PartyServer); !ok || s.Rule == "" || astray || !b.mustMeet(s, a) {
			continue // or the server's packets went another way than the rule's
		}
		if n, counted := packets[s.Rule]; counted && n == 0 {
			b.trouble(fmt.Sprintf("rule %q acts on %s", s.Rule, s), "its counter is 0, and yet the packets did not pass", a.Frames...)
		}
	}
}

func (b *bench) missing(word string) bool {
	return slices.ContainsFunc(b.Missing, func(m string) bool { return strings.Contains(m, word) })
}

// mustMeet reports that the capture shows packets that the step's rule must have
// met. On the data leg that takes packets that left the server; a filter on
// the server's own host stops them before any point sees them.
func (b *bench) mustMeet(s Step, a Attempt) bool {
	if s.Leg == LegControl {
		return a.Outcome == Blocked || a.Outcome == Refused
	}
	at := b.Scenario.Profile.WithDefaults().At
	return at == firewall.AtGateway && a.Outcome == Starved && a.Media.ServerSide+a.Pairs.ServerSide > 0
}
