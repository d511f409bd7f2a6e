package rollover

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// explainPath draws the lab and lists the profile's rules. Brackets stand
// around the host whose firewall has them.
func explainPath(w *page, s Scenario) {
	p := s.Profile.WithDefaults()
	mark := func(host string, at firewall.Place) string {
		if p.At == at && (len(p.Rules) > 0 || p.Default == firewall.Drop) {
			return "[" + host + "]"
		}
		return " " + host + " "
	}
	w.line("  %s------%s------%s  %s", mark("client", firewall.AtClient), mark("gateway", firewall.AtGateway),
		mark("server", firewall.AtServer), linkInWords(s))
	if s.Topology != "routed" {
		w.line("  topology %s %s", s.Topology, s.Place)
	}
	w.hanging("  ", strings.TrimSpace(fmt.Sprintf("Profile %s: %s", p.Name, p.Purpose)))
	for i, r := range p.Rules {
		w.hanging(fmt.Sprintf("  %2d. %s ", i+1, ruleInWords(r)), cmp.Or(r.Name, "-"))
	}
	if len(p.Rules) > 0 || p.Default == firewall.Drop {
		rest := string(p.Default)
		if p.Stateful {
			rest += "; replies to what passed, pass"
		}
		w.line("      %s", "everything else: "+rest)
	}
	if p.NAT != firewall.NoNAT {
		w.line("      the gateway translates the client's address: %s", p.NAT)
	}
}

func linkInWords(s Scenario) string {
	words := string(s.Family)
	if s.Link.MTU > 0 {
		words += fmt.Sprintf(", MTU %d", s.Link.MTU)
	}
	if s.Link.Rate > 0 {
		words += fmt.Sprintf(", %d bit/s", s.Link.Rate)
	}
	return words
}

// page is text for a terminal, wrapped at [explainWidth].
type page struct{ out strings.Builder }

func (w *page) String() string { return w.out.String() }

// line writes one line as it is, without spaces at its end.
func (w *page) line(format string, args ...any) {
	w.out.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

func (w *page) heading(text string) { w.line("\n%s", text) }

// paragraph writes wrapped text behind an indent; nothing, if there is none.
func (w *page) paragraph(indent, text string) { w.wrap(indent, indent, text) }

// hanging writes wrapped text whose further lines stand under the first's
// text.
func (w *page) hanging(lead, text string) { w.wrap(lead, strings.Repeat(" ", len(lead)), text) }

func (w *page) wrap(lead, indent, text string) {
	if text == "" {
		return
	}
	line := lead
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && len([]rune(line))+1+len([]rune(word)) > explainWidth {
			w.line("%s", line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	w.line("%s", line)
}

// WhyLines is a prediction's reasons as a list, one line a step of its first
// sequence: "RTSPU:starved  udp from server port 5004 is dropped …".
func (p Prediction) WhyLines() []string {
	if len(p.Sequences) == 0 {
		return nil
	}
	var out []string
	for _, s := range p.Sequences[0] {
		out = append(out, fmt.Sprintf("%-16s %s", s, s.Why))
	}
	if len(p.Sequences[0]) == 0 {
		out = append(out, None+": no URL opens, so no frame may be seen")
	}
	return out
}
