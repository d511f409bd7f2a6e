package main

import (
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// describe shows a lab that is held: its hosts, its rules, and how to play in
// it by hand.
func (h holder) describe(lab *netns.Lab) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The lab of %s is up, and its server still serves.\n\n", h.scenario.ID)
	for _, host := range lab.Hosts() {
		fmt.Fprintf(&b, "  %-8s %s\n", host.Name(), orWord(addresses(host), "a switch"))
	}
	fmt.Fprintf(&b, "\nRules (at the %s):\n\n%s\n", orWord(string(h.scenario.Profile.At), netns.Gateway),
		indented(strings.TrimSpace(lab.Ruleset(h.scenario.Profile))))
	where, first := "the client", h
	if h.scenario.Several() {
		where, first.scenario = lab.Clients()[0].Name(), h.scenario.Of(1)
	}
	url := first.url(lab.Host(netns.Server).Addr(h.scenario.Family == rollover.IPv6))
	fmt.Fprintf(&b, "By hand, in %s:\n  %s\n", where, first.watch(url))
	if program := first.program(url); program != "" {
		fmt.Fprintf(&b, "or, as the target does:\n  %s\n", program)
	}
	fmt.Fprintf(&b, "The whole trial again, out here:\n  %s\n", h.again())
	b.WriteString("The capture goes on: whatever is sent in the lab is recorded, and judged.\n")
	return b.String()
}

func addresses(h *netns.Host) string {
	var words []string
	for _, a := range h.Addrs() {
		words = append(words, a.String())
	}
	return strings.Join(words, " ")
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimRight("  "+line, " \n") + "\n")
	}
	return b.String()
}

// url is what the client was given.
func (h holder) url(server netip.Addr) string {
	v := target.Values{Host: server.String(), Moniker: h.scenario.Moniker, Clip: target.ClipValues{Name: "clip.asf"}}
	if server.Is6() {
		v.Host = "[" + v.Host + "]"
	}
	if h.scenario.Port != 0 {
		v.Port = fmt.Sprintf(":%d", h.scenario.Port)
	}
	url, err := target.Expand(h.target.URL, v)
	if err != nil {
		return err.Error() // the loader has tried the template
	}
	return url
}

// watch is the command that plays as the reference client did.
func (h holder) watch(url string) string {
	words := []string{self(), "watch", "--dialect", string(h.scenario.Dialect), "--timing", h.timing.Name}
	if off := h.scenario.Limits; len(off) > 0 {
		words = append(words, "--off", joined(off))
	}
	for _, id := range h.scenario.Faults {
		if f, ok := rollover.LookUpFault(id); ok && f.Party == rollover.PartyClient {
			words = append(words, "--fault", id)
		}
	}
	if a := h.scenario.Offer.Auth; a != nil && a.Client == "right" {
		words = append(words, "--user", a.User, "--password", a.Password)
	}
	return reports.CommandLine(append(words, url))
}

// program is the command of a client under test; empty where there is none.
func (h holder) program(url string) string {
	if h.target.Role != rollover.PartyClient || h.target.Start == nil {
		return ""
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(url, h.scenario.Moniker+"://"), "/")
	templates, _ := h.target.Command(h.scenario)
	argv, err := target.ExpandAll(templates, target.Values{
		Host: host, Moniker: h.scenario.Moniker, URL: url, Off: joined(h.scenario.Limits),
		Clip: target.ClipValues{Name: "clip.asf"},
	})
	if err != nil {
		return ""
	}
	return reports.CommandLine(argv)
}

// again is the command that plays the scenario once more.
func (h holder) again() string {
	words := []string{self(), "play", h.scenario.ID}
	if !rollover.Embedded(h.scenario) {
		words[2] = h.scenario.Source.File
	}
	if h.target.Name != target.Reference {
		words = append(words, "--target", h.target.Name)
	}
	if h.scenario.Timing == "" && h.timing.Name != rollover.Brisk.Name {
		words = append(words, "--timing", h.timing.Name)
	}
	return reports.CommandLine(words)
}

// self is the path of this program, which a shell in a host has as well.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return "rollover"
	}
	return path
}

func joined[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ",")
}
