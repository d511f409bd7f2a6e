package firewall

import (
	"errors"
	"strings"
	"testing"
)

func TestValidateNamesEveryMistake(t *testing.T) {
	t.Parallel()
	rule := func(change func(*Rule)) Profile {
		r := Rule{Action: Drop, From: Server, Proto: UDP}
		change(&r)
		return Profile{Rules: []Rule{{Action: Accept}, r}}
	}
	for _, c := range []struct {
		name    string
		profile Profile
		path    string
		says    []string
	}{
		{"default", Profile{Default: Reset}, "default", []string{`"reset"`, "accept or drop"}},
		{"at", Profile{At: "router"}, "at", []string{`"router"`, "gateway, server or client"}},
		{"nat", Profile{NAT: "snat"}, "nat", []string{`"snat"`, "none, masquerade or renumber"}},
		{"action", rule(func(r *Rule) { r.Action = "reject" }), "rules[1].action", []string{`"reject"`, "accept, drop, reset or prohibit"}},
		{"no action", rule(func(r *Rule) { r.Action = "" }), "rules[1].action", []string{"nothing"}},
		{"from", rule(func(r *Rule) { r.From = "gateway" }), "rules[1].from", []string{"client or server"}},
		{"proto", rule(func(r *Rule) { r.Proto = "icmp" }), "rules[1].proto", []string{`"icmp"`, "tcp or udp"}},
		{"ports without proto", rule(func(r *Rule) { r.Proto, r.SPort = "", Ports{{80, 80}} }), "rules[1].proto", []string{"ports need a proto"}},
		{"port 0", rule(func(r *Rule) { r.DPort = Ports{{0, 0}} }), "rules[1].dport", []string{"1 to 65535"}},
		{"backwards", rule(func(r *Rule) { r.SPort = Ports{{5000, 1024}} }), "rules[1].sport", []string{"5000-1024", "backwards"}},
		{"every", rule(func(r *Rule) { r.Every = -3 }), "rules[1].every", []string{"-3"}},
		{"ports of fragments", rule(func(r *Rule) { r.Fragments, r.DPort = true, Ports{{80, 80}} }), "rules[1].fragments", []string{"first fragment"}},
		{"answered fragments", rule(func(r *Rule) { r.Fragments, r.Action = true, Reset }), "rules[1].action", []string{"want drop"}},
		{"reserved name", rule(func(r *Rule) { r.Name = NameDefault }), "rules[1].name", []string{`"default"`}},
		{"quotes", rule(func(r *Rule) { r.Name = `say "no"` }), "rules[1].name", []string{"no quotes"}},
		{"new line", rule(func(r *Rule) { r.Name = "a\nb" }), "rules[1].name", []string{"control"}},
		{"long name", rule(func(r *Rule) { r.Name = strings.Repeat("x", 128) }), "rules[1].name", []string{"128 bytes", "127"}},
		{"same name", Profile{Rules: []Rule{{Name: "a", Action: Drop}, {Name: "a", Action: Drop}}}, "rules[1].name", []string{"rules[0]"}},
		{"own fragments", Profile{At: AtServer, Rules: []Rule{{Action: Drop, From: Server, Fragments: true}}}, "rules[0].from", []string{"want client"}},
		{"renumbered ports", Profile{At: AtServer, NAT: Renumber, Rules: []Rule{{Action: Drop, From: Client, Proto: UDP, SPort: Ports{{5000, 5000}}}}}, "rules[0]", []string{"renumbering"}},
	} {
		err := c.profile.Validate()
		var invalid *Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("%s: got %v, want an Invalid", c.name, err)
			continue
		}
		if invalid.Path != c.path {
			t.Errorf("%s: at %s, want %s", c.name, invalid.Path, c.path)
		}
		for _, word := range append(c.says, c.path) {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %q does not say %q", c.name, err, word)
			}
		}
	}
}

func TestValidateReportsAllAtOnce(t *testing.T) {
	t.Parallel()
	err := Profile{Default: "maybe", At: "moon", Rules: []Rule{{Action: "wave"}, {Action: Drop, Proto: "sctp"}}}.Validate()
	for _, path := range []string{"default", "at", "rules[0].action", "rules[1].proto"} {
		if err == nil || !strings.Contains(err.Error(), path+": ") {
			t.Errorf("%v does not name %s", err, path)
		}
	}
}

func TestTheContractsExampleIsValid(t *testing.T) {
	t.Parallel()
	if err := example.Validate(); err != nil {
		t.Error(err)
	}
	if err := (Profile{}).Validate(); err != nil {
		t.Errorf("the empty profile, which is open: %v", err)
	}
}

// example is the inline profile of contract.md, "A scenario file".
var example = Profile{
	Name: "example", Purpose: "One rule of each kind.",
	Default: Accept, At: AtGateway, NAT: NoNAT,
	Rules: []Rule{
		{Name: "no rtp", Action: Drop, From: Server, Proto: UDP, SPort: Ports{{5004, 5004}}},
		{Action: Reset, From: Client, Proto: TCP, DPort: Ports{{554, 554}}},
		{Action: Drop, From: Server, Proto: UDP, DPort: Ports{{1024, 5000}}, Every: 20},
		{Action: Drop, From: Server, Proto: UDP, Fragments: true},
	},
}
