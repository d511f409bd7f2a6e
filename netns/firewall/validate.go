package firewall

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Invalid is one mistake in a profile. Path names the key as a scenario file
// writes it, so that a loader can point at its line.
type Invalid struct {
	Path   string // "default", "rules[1].dport"
	Found  string // what stands there
	Wanted string // what may stand there
}

// Error says what was found, where, and what is allowed.
func (e *Invalid) Error() string {
	if e.Found == "" {
		return fmt.Sprintf("%s: %s", e.Path, e.Wanted)
	}
	return fmt.Sprintf("%s: found %s, %s", e.Path, e.Found, e.Wanted)
}

// Validate reports every mistake in the profile, each an [*Invalid], joined.
// A profile that passes compiles, loads, and meets in the kernel the fate
// that [Profile.Fate] tells.
func (p Profile) Validate() error {
	var errs []error
	add := func(path, found, wanted string) {
		errs = append(errs, &Invalid{Path: path, Found: found, Wanted: wanted})
	}
	oneOf(add, "default", p.Default, "", Accept, Drop)
	oneOf(add, "at", p.At, "", AtGateway, AtServer, AtClient)
	oneOf(add, "nat", p.NAT, "", NoNAT, Masquerade, Renumber)
	seen := map[string]int{}
	for i, r := range p.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		r.validate(add, path)
		p.validateName(add, path+".name", r.Name, seen, i)
		p.validatePlace(add, path, r)
	}
	return errors.Join(errs...)
}

// complain records one mistake: its path, what was found, what is wanted.
type complain func(path, found, wanted string)

func oneOf[T ~string](add complain, path string, value T, allowed ...T) {
	if slices.Contains(allowed, value) {
		return
	}
	var words []string
	for _, a := range allowed {
		if a != "" {
			words = append(words, string(a))
		}
	}
	last := len(words) - 1
	found := fmt.Sprintf("%q", string(value))
	if value == "" {
		found = "nothing"
	}
	add(path, found, "want "+strings.Join(words[:last], ", ")+" or "+words[last])
}

func (r Rule) validate(add complain, path string) {
	oneOf(add, path+".action", r.Action, Accept, Drop, Reset, Prohibit)
	oneOf(add, path+".from", r.From, "", Client, Server)
	oneOf(add, path+".proto", r.Proto, "", TCP, UDP)
	validatePorts(add, path+".sport", r.SPort)
	validatePorts(add, path+".dport", r.DPort)
	hasPorts := len(r.SPort) > 0 || len(r.DPort) > 0
	if hasPorts && r.Proto == "" {
		add(path+".proto", "nothing", "ports need a proto: want tcp or udp")
	}
	if r.Every < 0 {
		add(path+".every", fmt.Sprint(r.Every), "want a count of 1 or more")
	}
	if !r.Fragments {
		return
	}
	if hasPorts {
		add(path+".fragments", "ports beside it", "only the first fragment of a datagram carries ports: leave them out")
	}
	if r.Action != Drop {
		add(path+".action", fmt.Sprintf("%q", string(r.Action)), "a fragments rule acts before reassembly, where nothing can be answered: want drop")
	}
}

func validatePorts(add complain, path string, ports Ports) {
	for _, r := range ports {
		if r.Lo == 0 {
			add(path, "0", "want ports from 1 to 65535")
		}
		if r.Hi < r.Lo {
			add(path, fmt.Sprintf("%d-%d", r.Lo, r.Hi), "the range runs backwards")
		}
	}
}

func (p Profile) validateName(add complain, path, name string, seen map[string]int, i int) {
	if name == "" {
		return
	}
	if first, twice := seen[name]; twice {
		add(path, fmt.Sprintf("%q", name), fmt.Sprintf("the name of rules[%d] already: counters are told apart by it", first))
	}
	seen[name] = i
	if slices.Contains(reserved, name) {
		add(path, fmt.Sprintf("%q", name), "every ruleset has a rule of that name: want another")
	}
	if len(name) > maxName {
		add(path, fmt.Sprintf("%d bytes", len(name)), fmt.Sprintf("want at most %d", maxName))
	}
	if strings.ContainsFunc(name, func(c rune) bool { return c == '"' || c == '\\' || !unicode.IsPrint(c) }) {
		add(path, fmt.Sprintf("%q", name), "it becomes a quoted comment: want no quotes, backslashes or control characters")
	}
}

// validatePlace refuses what a host's own firewall cannot see as the model
// tells it.
func (p Profile) validatePlace(add complain, path string, r Rule) {
	p = p.WithDefaults()
	if host, isHost := p.At.side(); isHost && r.Fragments && r.From != host.Other() {
		add(path+".from", fmt.Sprintf("%q", string(r.From)),
			fmt.Sprintf("a host fragments behind its own firewall: want %s, or a profile at the gateway", host.Other()))
	}
	if p.NAT == Renumber && p.At == AtServer && r.namesClientPorts() {
		add(path, "ports of the client", "behind a renumbering NAT the server's host meets other ports than the client uses: want the profile at the gateway")
	}
}

func (r Rule) namesClientPorts() bool {
	return r.From != Server && len(r.SPort) > 0 || r.From != Client && len(r.DPort) > 0
}
