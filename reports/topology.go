package reports

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// topologyPicture is client, gateway and server with the legs of the
// predicted rungs: open ones reach the other end, closed ones stop at the
// firewall that holds them up.
type topologyPicture struct {
	Width, Height px
	Hosts         []hostBox
	Legs          []legLine
}

type hostBox struct {
	box
	Name, Address, Note string
	Wall                bool
	Center, Bottom      px
}

type legLine struct {
	Y        px
	From, To px // To: where it ends, or is stopped
	Beyond   px // where it would have ended
	Head     string
	Closed   bool
	Label    string
	Rule     string
}

// The columns of the picture's hosts.
const (
	topologyWidth px = 600
	hostW         px = 140
	hostH         px = 64
	legH          px = 38
)

var hostX = map[string]px{"client": 4, "gateway": 230, "server": 456}

func drawTopology(r rollover.Result) *topologyPicture {
	legs := legsOf(r)
	if len(legs) == 0 {
		return nil
	}
	p := &topologyPicture{Width: topologyWidth, Height: hostH + 34 + legH*px(len(legs))}
	wall := wallOf(r.Scenario)
	for _, name := range []string{"client", "gateway", "server"} {
		h := hostBox{box: box{hostX[name], 2, hostW, hostH}, Name: name, Center: hostX[name] + hostW/2, Bottom: p.Height - 6,
			Wall: name == wall && len(r.Scenario.Profile.Rules) > 0, Address: addressOf(r, name)}
		if name == wall {
			h.Note = profileNote(r.Scenario)
		}
		p.Hosts = append(p.Hosts, h)
	}
	stop := hostX[wall] + hostW/2
	for i, l := range legs {
		p.Legs = append(p.Legs, l.line(hostH+48+legH*px(i), stop))
	}
	return p
}

// leg is one flow of a predicted rung.
type leg struct {
	label      string
	fromServer bool
	closed     bool
	rule       string
}

// legsOf lists the legs that the predicted rungs need, each once.
func legsOf(r rollover.Result) []leg {
	var out []leg
	add := func(l leg) {
		i := slices.IndexFunc(out, func(o leg) bool { return o.label == l.label })
		if i < 0 {
			out = append(out, l)
		}
	}
	var steps []pairing
	for _, w := range walksOf(r) {
		steps = append(steps, nearest(w.Result.Prediction, w.Result.Trace.Attempts)...)
	}
	for _, p := range steps {
		s := p.Step
		if s.Outcome == rollover.Skipped {
			continue
		}
		if c := s.Rung.Control(); c != rollover.ServiceNone {
			shut := s.Outcome == rollover.Blocked || s.Outcome == rollover.Refused
			l := leg{label: fmt.Sprintf("%s control, TCP %d", c.Name(), portOf(r, c)), closed: shut}
			if shut {
				l.rule = ruleText(r, s.Rule)
			}
			add(l)
		}
		if s.Outcome == rollover.Played || s.Outcome == rollover.Starved {
			l := leg{label: mediaLabel(r, s.Rung), fromServer: true, closed: s.Outcome == rollover.Starved}
			if l.closed {
				l.rule = ruleText(r, s.Rule)
			}
			add(l)
		}
	}
	return out
}

func mediaLabel(r rollover.Result, g rollover.Rung) string {
	switch g.Data() {
	case rollover.OverUDP:
		if from, fixed := g.MediaPort(); fixed && r.Setup.PortOf(from) != 0 {
			return fmt.Sprintf("%s media, UDP from %d", g, r.Setup.PortOf(from))
		}
		return fmt.Sprintf("%s media, UDP", g)
	case rollover.OverMulticast:
		return fmt.Sprintf("%s media, multicast", g)
	}
	return fmt.Sprintf("%s media, same connection", g)
}

// portOf is where a service was reached in this trial.
func portOf(r rollover.Result, s rollover.Service) uint16 {
	return cmp.Or(r.Setup.PortOf(s), r.Scenario.Offer.PortOf(s))
}

func ruleText(r rollover.Result, name string) string {
	if name == "" {
		return "closed"
	}
	for _, c := range r.Rules {
		if c.Name == name {
			return fmt.Sprintf("%s: %s", shorten(name, 26), count(int(c.Packets), "packet"))
		}
	}
	return shorten(name, 36)
}

func addressOf(r rollover.Result, host string) string {
	var addrs []netip.Addr
	if several := len(r.Setup.Clients); host == "client" && several > 0 {
		return count(several, "host")
	}
	switch host {
	case "client":
		addrs = r.Setup.Client.Addrs
	case "server":
		addrs = r.Setup.Server.Addrs
	default:
		return ""
	}
	for _, a := range addrs {
		if a.Is6() == (r.Scenario.Family == rollover.IPv6) {
			return a.String()
		}
	}
	return ""
}

// wallOf is the host whose firewall the scenario's profile is loaded into.
func wallOf(s rollover.Scenario) string {
	if s.Profile.At == "" {
		return "gateway"
	}
	return string(s.Profile.At)
}

func profileNote(s rollover.Scenario) string {
	note := s.Profile.Name
	if s.Profile.Stateful {
		note += ", stateful"
	}
	if nat := s.Profile.NAT; nat != "" && nat != "none" {
		note += ", NAT " + string(nat)
	}
	return shorten(note, 26)
}

func (l leg) line(y, wall px) legLine {
	from, to := hostX["client"]+hostW/2, hostX["server"]+hostW/2
	if l.fromServer {
		from, to = to, from
	}
	out := legLine{Y: y, From: from, To: to, Beyond: to, Closed: l.closed, Label: l.label, Rule: l.rule}
	if l.closed {
		out.To = wall
	}
	out.Head = arrow{Y: y, From: from, To: out.To}.withHead().Head
	return out
}
