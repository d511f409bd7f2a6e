package rollover

import (
	"fmt"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// The legs of a rung, as steps name them.
const (
	LegControl = "control"
	LegData    = "data"
)

// What starts the client's wait, as windows name it.
const (
	TriggerSYN     = "syn"         // the first SYN of the attempt
	TriggerPair    = "packet-pair" // the UDP packet-pair request
	TriggerPlay    = "play"        // the PLAY request, or what asks for media
	TriggerHeader  = "header"      // the first request for the ASF header, MMS
	TriggerRefusal = "refusal"     // the frame that refused
)

// The windows of rollover.md B.5. The legal bounds of a timer hold whatever
// the timing: a client that is told to be brisk may take the specification's
// time all the same.
const (
	soon           = 2 * time.Second         // "very small", after a refusal
	prohibitExtra  = 1200 * time.Millisecond // the ICMP error meets a locked socket; the second SYN's counts
	legalDataMin   = 1 * time.Second         // Firewall and Header timer
	legalDataMax   = 30 * time.Second
	roundTrip      = 1 * time.Second // what the sources add for half a round trip, generously
	unpublishedMax = 60 * time.Second
	openTimerMin   = 10 * time.Second
	openTimerMax   = 30 * time.Second
	clockTolerance = 50 * time.Millisecond // two clocks and a capture
)

// blocked is the wait for a connection; no source gives its length (U-01).
func (o *oracle) blocked() Window {
	w := Window{Trigger: TriggerSYN, Min: legalDataMin, Max: unpublishedMax, Advice: true}
	if o.row.Connect > 0 {
		w.Min, w.Max = 0, o.row.Connect+o.t.Slack
	}
	return w
}

// mute is the wait for an answer on a connection that stands; not published.
func (o *oracle) mute() Window {
	return Window{Trigger: TriggerSYN, Max: unpublishedMax, Advice: true}
}

// afterRefusal is the step to the next rung at once.
func (o *oracle) afterRefusal(prohibited bool) Window {
	w := Window{Trigger: TriggerRefusal, Max: soon + o.t.Slack}
	if prohibited {
		w.Max += prohibitExtra
	}
	return w
}

// afterNonsense is the step after an answer that is not the protocol's; no
// source gives a time.
func (o *oracle) afterNonsense() Window {
	return Window{Trigger: TriggerRefusal, Max: soon + o.t.Slack, Advice: true}
}

// starved is the wait for datagrams that do not come.
func (o *oracle) starved(r Rung, trigger string) Window {
	w := Window{Trigger: trigger, Min: legalDataMin - clockTolerance, Max: legalDataMax + roundTrip + o.t.Slack}
	switch {
	case r.Data() == OverMulticast && r.Control() == ServiceNone:
		w.Min, w.Max = openTimerMin-clockTolerance, openTimerMax+roundTrip+o.t.Slack
	case trigger == TriggerHeader:
		// 1 s plus header size over bit rate, so many times as the header is
		// asked for (MS-MMSP 3.1.2). The limit of 4 retries binds who has more
		// or fewer, so that the header may be asked for 4 or 5 times
		// (MS-MMSP 3.1.6.1).
		retries := time.Duration(o.t.Retries)
		w.Min, w.Max = retries*legalDataMin-clockTolerance, (retries+1)*legalDataMax+o.t.Slack
	case trigger == TriggerPlay:
		// No packet pairs: the wait after PLAY is the client's own.
		w.Min, w.Advice = 0, true
	}
	if o.row.Data > 0 {
		// Its own word replaces the sources'. A client may begin to wait before
		// what we count from is on the wire.
		w.Min, w.Max, w.Advice = max(0, o.row.Data-roundTrip), o.row.Data+roundTrip+o.t.Slack, false
	}
	return w
}

// answerOf names what a rule answers with.
func answerOf(a firewall.Action, proto string) string {
	switch {
	case a == firewall.Prohibit:
		return "administratively prohibited"
	case proto == firewall.UDP:
		return "port unreachable"
	}
	return "a reset"
}

// decidedBy names the rule and profile that decided a fate.
func decidedBy(f firewall.Fate, p firewall.Profile) string {
	switch f.Rule {
	case "":
		return "by the default of profile " + p.Name
	case firewall.NameNoMapping:
		return fmt.Sprintf("by the address translation of profile %s, which has no mapping for it", p.Name)
	}
	return fmt.Sprintf("by rule %q of profile %s", f.Rule, p.Name)
}
