package rollover

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// explainWidth is the longest line of an explanation, in characters.
const explainWidth = 80

// Explain tells a scenario to a person at a terminal: the path and its rules,
// what is asked and offered, the legs, each predicted step with its reason,
// and the texts of the requirements it refers to. row is what the client
// declares of itself.
func Explain(s Scenario, row ClientRow, p Prediction) string {
	w := &page{}
	w.line("%s  (%s)", s.ID, strings.Join(s.AllLabels(), ", "))
	w.paragraph("  ", s.Purpose)
	w.heading("Path")
	explainPath(w, s)
	w.heading("Asked and offered")
	explainClients(w, s, p)
	explainAsked(w, s, row)
	w.heading("Legs")
	explainLegs(w, s, row)
	w.heading("Predicted")
	explainSteps(w, p)
	explainRefs(w, s.Refs)
	return w.String()
}

// explainAsked is what the client wants and what the server has.
func explainAsked(w *page, s Scenario, row ClientRow) {
	url := s.Moniker + "://"
	if s.Port != 0 {
		url += fmt.Sprintf(" with port %d", s.Port)
	}
	l, explicit, optional, err := row.ladderIn(s)
	who := fmt.Sprintf("In dialect %s, %s", s.Dialect, url)
	if _, own := row.Ladders[s.Moniker]; own {
		who = "To the client, " + url
	}
	switch {
	case err != nil:
		w.paragraph("  ", err.Error())
	case len(l) == 0:
		w.paragraph("  ", fmt.Sprintf("Dialect %s opens no %s", s.Dialect, url))
	case explicit:
		w.paragraph("  ", fmt.Sprintf("%s names %s: no rollover, and no limits", who, joinWords(l)))
	default:
		names := make([]string, len(l))
		for i, r := range l {
			names[i] = string(r)
			if slices.Contains(optional, r) {
				names[i] += "?"
			}
		}
		w.paragraph("  ", fmt.Sprintf("%s names the ladder %s", who, strings.Join(names, " ")))
	}
	if len(s.Limits) > 0 {
		w.paragraph("  ", "Switched off in the client: "+joinWords(s.Limits))
	}
	w.paragraph("  ", "The server "+offerInWords(s.Offer))
	for _, id := range s.Faults {
		if f, ok := LookUpFault(id); ok {
			w.paragraph("  ", fmt.Sprintf("Planted in the %s: %s, %s", f.Party, f.ID, f.Text))
		}
	}
	for _, e := range s.Then {
		what := e.Do
		if e.Profile != nil {
			what = "the path changes to profile " + e.Profile.Name
		}
		when := "when " + e.When
		if _, timed := e.After(); timed {
			when = e.When
		}
		w.paragraph("  ", fmt.Sprintf("Then, %s: %s", when, what))
	}
}

func offerInWords(o Offer) string {
	serves := "serves nothing"
	if len(o.Rungs) > 0 {
		serves = "serves " + joinWords(o.Rungs)
	}
	parts := []string{fmt.Sprintf("(WMS %s) %s", o.WMS, serves)}
	switch o.HTTP {
	case HTTPImpostor:
		parts = append(parts, "a plain web server holds its HTTP port")
	case HTTPMute:
		parts = append(parts, "its HTTP port accepts and stays mute")
	}
	if o.FastCache {
		parts = append(parts, "has Fast Cache on")
	}
	if o.Content == "live" {
		parts = append(parts, "its content is live")
	}
	if len(o.Ports) > 0 {
		parts = append(parts, "listens on "+strings.Join(sortedPairs(o.Ports, func(p uint16) string { return fmt.Sprint(p) }), ", "))
	}
	if o.Reply["connect"] == ReplyMute {
		parts = append(parts, "its other control ports accept and stay mute")
	} else if len(o.Reply) > 0 {
		parts = append(parts, "answers "+strings.Join(sortedPairs(o.Reply, func(v string) string { return v }), ", "))
	}
	if a := o.Auth; a != nil {
		parts = append(parts, fmt.Sprintf("asks for %s credentials, of which the client has %s", a.Scheme, map[string]string{
			"right": "the right ones", "wrong": "wrong ones", "none": "none"}[a.Client]))
	}
	return strings.Join(parts, "; ")
}

// explainLegs lists the flows that each rung of the ladder needs, or of those of
// several clients.
func explainLegs(w *page, s Scenario, row ClientRow) {
	var all Ladder
	for _, one := range s.Views() {
		l, _, _, _ := row.ladderIn(one)
		for _, r := range l {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	ports := strings.ReplaceAll(row.portsIn(s).String(), ",", ", ")
	if len(all) == 0 {
		w.line("  none")
	}
	for _, r := range all {
		control, data := "none", "the same connection"
		if r.Control() != ServiceNone {
			port := r.Control().DefaultPort()
			if s.Port != 0 {
				port = s.Port
			}
			control = fmt.Sprintf("tcp to %d", port)
		}
		from, fixed := r.MediaPort()
		switch {
		case r.Data() == OverMulticast:
			data = "udp to a multicast group"
		case fixed:
			data = fmt.Sprintf("udp from %d to the client's %s", s.Offer.PortOf(from), ports)
		case r.Data() == OverUDP:
			data = "udp to the client's " + ports
		}
		w.line("  %-6s control: %-12s data: %s", r, control, data)
	}
}

func explainSteps(w *page, p Prediction) {
	for _, g := range p.alike() {
		text := ClientsText(g.clients)
		w.paragraph("  ", strings.ToUpper(text[:1])+text[1:]+":")
		explainSteps(w, g.prediction)
	}
	if len(p.Clients) > 0 {
		return
	}
	for i, seq := range p.Sequences {
		lead := "  "
		if i > 0 {
			lead = "  or "
		}
		w.hanging(lead, sequenceString(seq))
		if len(seq) == 0 {
			w.paragraph("     ", "no frame at all, and the client ends with an error")
		}
		for n, s := range seq {
			w.hanging(fmt.Sprintf("  %2d. ", n+1), s.String()+": "+s.Why)
			if text := s.Window.String(); text != "" && n+1 < len(seq) {
				w.hanging("      ", text)
			}
		}
	}
}

// String is the window as a sentence; empty for one that asks nothing.
func (w Window) String() string {
	if w.Max == 0 {
		return ""
	}
	from := map[string]string{
		TriggerSYN: "the first SYN", TriggerPair: "the packet-pair request", TriggerPlay: "the request for media",
		TriggerHeader: "the first request for the header", TriggerRefusal: "the refusal",
	}[w.Trigger]
	text := fmt.Sprintf("next within %v after %s", w.Max.Round(time.Millisecond), from)
	if w.Min > 0 {
		text = fmt.Sprintf("next from %v to %v after %s", w.Min, w.Max, from)
	}
	if w.Advice {
		text += " (reported only)"
	}
	return text
}

func explainRefs(w *page, refs []string) {
	if len(refs) == 0 {
		return
	}
	w.heading("Requirements")
	for _, id := range refs {
		r, ok := LookUp(id)
		if !ok {
			w.line("  %s", id)
			continue
		}
		w.hanging("  ", fmt.Sprintf("%s (%s) %s", r.ID, r.Level, r.Text))
		w.hanging("      ", "passes: "+r.Pass)
	}
}

// Explain tells a requirement to a person at a terminal.
func (r Requirement) Explain() string {
	w := &page{}
	w.line("%s  (%s)", r.ID, r.Level)
	w.paragraph("  ", r.Text)
	w.hanging("  source: ", r.Source)
	w.hanging("  seen:   ", r.Seen)
	w.hanging("  passes: ", r.Pass)
	return w.String()
}

// Explain tells a fault to a person at a terminal; caughtBy is what is known of
// the scenarios that catch it.
func (f Fault) Explain(caughtBy string) string {
	w := &page{}
	w.line("%s  (a fault of the %s)", f.ID, f.Party)
	w.paragraph("  ", f.Text)
	w.hanging("  rung:      ", f.Rung)
	for _, id := range f.Breaks {
		r, _ := LookUp(id)
		w.hanging("  breaks:    ", id+" "+r.Text)
	}
	w.hanging("  shows:     ", f.Shows)
	w.hanging("  hidden by: ", f.Hidden)
	w.hanging("  caught by: ", caughtBy)
	return w.String()
}

// ruleInWords is a firewall rule as a line of a table.
func ruleInWords(r firewall.Rule) string {
	who := map[firewall.Side]string{firewall.Client: "client > server", firewall.Server: "server > client", "": "both ways"}[r.From]
	what := r.Proto
	if what == "" {
		what = "any"
	}
	if r.Fragments {
		what += " fragments"
	}
	if len(r.SPort) > 0 {
		what += " from " + r.SPort.String()
	}
	if len(r.DPort) > 0 {
		what += " to " + r.DPort.String()
	}
	if r.Every > 1 {
		what += fmt.Sprintf(", each %dth", r.Every)
	}
	return fmt.Sprintf("%-8s %-15s  %-26s", r.Action, who, what)
}
