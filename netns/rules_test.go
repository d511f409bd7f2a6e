package netns

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// sampleProfiles between them hold every kind of rule.
func sampleProfiles() []firewall.Profile {
	web := firewall.Ports{{Lo: 8080, Hi: 8080}, {Lo: 80, Hi: 80}}
	mixed := firewall.Ports{{Lo: 65535, Hi: 65535}, {Lo: 1024, Hi: 5000}, {Lo: 80, Hi: 80}}
	rules := append(everyRule(false),
		firewall.Rule{Name: "sets", Action: firewall.Drop, Proto: firewall.TCP, SPort: web, DPort: mixed},
		firewall.Rule{Name: "loss", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP, Every: 20},
		firewall.Rule{Name: "all refused", Action: firewall.Reset, Every: 7},
	)
	fragments := func(from firewall.Side) []firewall.Rule {
		return append(slices.Clone(rules), firewall.Rule{Action: firewall.Drop, From: from, Proto: firewall.UDP, Fragments: true, Every: 3},
			firewall.Rule{Action: firewall.Drop, From: from, Fragments: true})
	}
	return []firewall.Profile{
		{Name: "open"},
		{Name: "gateway", Default: firewall.Drop, Rules: fragments("")},
		{Name: "stateful", Stateful: true, Rules: rules},
		{Name: "renumber", NAT: firewall.Renumber, Rules: rules},
		{Name: "server", At: firewall.AtServer, NAT: firewall.Masquerade, Default: firewall.Drop, Rules: fragments(firewall.Client)},
		{Name: "client", At: firewall.AtClient, Stateful: true, Rules: fragments(firewall.Server)},
	}
}

// What we load by netlink and what nft makes of the text that goes into the
// evidence are the same rules, as nft itself lists them.
func TestNFTListsTheRulesThatTheTextSays(t *testing.T) {
	needLab(t)
	nft, err := exec.LookPath("nft")
	if err != nil {
		if labsRequired() {
			t.Fatal("nft is not installed")
		}
		t.Skip("nft is not installed")
	}
	for _, p := range sampleProfiles() {
		loaded, written := routed(t, Options{}), routed(t, Options{})
		if err := loaded.Load(p); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{Client, Gateway, Server} {
			rules := p.CompileAt(firewall.Place(name), gatewayInterfaces)
			if len(rules) > 0 {
				text := firewall.TableText(rules)
				if !strings.Contains(loaded.Ruleset(p), text) {
					t.Errorf("%s: the ruleset of the evidence lacks the table of host %s", p.Name, name)
				}
				runIn(t, written.Host(name), text, nft, "-f", "-")
			}
			got := runIn(t, loaded.Host(name), "", nft, "list", "ruleset")
			if want := runIn(t, written.Host(name), "", nft, "list", "ruleset"); got != want {
				t.Errorf("%s, host %s: by netlink\n%s\nby text\n%s", p.Name, name, got, want)
			}
			if len(rules) > 0 && strings.Count(got, "counter packets") != len(rules) {
				t.Errorf("%s, host %s: nft lists %d counted rules, want %d", p.Name, name, strings.Count(got, "counter packets"), len(rules))
			}
		}
	}
}

var numbers = regexp.MustCompile(`packets \d+ bytes \d+`)

// runIn runs a program in a host and returns what it prints, counts made alike:
// a lab is never quite silent.
func runIn(t *testing.T, h *Host, input, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	if err := h.Do(cmd.Run); err != nil {
		t.Fatalf("%v in host %s: %v\n%s", args, h.Name(), err, &errs)
	}
	return numbers.ReplaceAllString(out.String(), "packets _ bytes _")
}

func TestLoadedTellsWhetherTheRulesAreThere(t *testing.T) {
	needLab(t)
	lab := routed(t, Options{})
	profiles := sampleProfiles()
	for i, p := range profiles {
		if err := lab.Load(p); err != nil {
			t.Fatal(err)
		}
		for j, other := range profiles {
			if err := lab.Loaded(other); (err == nil) != (i == j) {
				t.Errorf("with %s loaded, asked for %s: %v", p.Name, other.Name, err)
			}
		}
	}
	renamed := profiles[1]
	renamed.Rules = slices.Clone(renamed.Rules)
	renamed.Rules[3].Name = "another"
	if err := lab.Load(profiles[1]); err != nil {
		t.Fatal(err)
	}
	if err := lab.Loaded(renamed); err == nil || !strings.Contains(err.Error(), `"another"`) {
		t.Errorf("a rule of another name passes: %v", err)
	}
}

func TestAHostWithoutAPartHasNoRules(t *testing.T) {
	needLab(t)
	lab := routed(t, Options{})
	for _, p := range []firewall.Profile{{At: firewall.AtClient}, {}} {
		if err := lab.Load(p); err != nil {
			t.Fatal(err)
		}
		for _, h := range lab.Hosts() {
			counters, err := h.Counters(t.Context())
			has := h.Name() == string(p.WithDefaults().At)
			if err != nil || (len(counters) > 0) != has {
				t.Errorf("profile at %q: host %s has %v (%v)", p.At, h.Name(), counters, err)
			}
		}
	}
}

// An ordinary user's socket has no more than rmem_max and wmem_max, which are
// 212,992 on most machines.
func TestManyRulesFitAnOrdinaryUsersSocket(t *testing.T) {
	needLab(t)
	const limit = 212992
	p := manyRules(300)
	h := routed(t, Options{}).Host(Gateway)
	for range 2 { // onto nothing, and in place of the same
		err := h.replace(p.CompileAt(firewall.AtGateway, gatewayInterfaces), func(fd int) error {
			return errors.Join(
				unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, limit),
				unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, limit))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Loaded(p); err != nil {
			t.Error(err)
		}
	}
}

func manyRules(n int) firewall.Profile {
	p := firewall.Profile{Name: "many", Default: firewall.Drop}
	for i := range uint16(n) {
		p.Rules = append(p.Rules, firewall.Rule{
			Name: fmt.Sprintf("rule %d", i), Action: firewall.Accept, From: firewall.Server, Proto: firewall.UDP,
			SPort: firewall.Ports{{Lo: 5004, Hi: 5004 + i}}, DPort: firewall.Ports{{Lo: 1024 + i, Hi: 5000}},
		})
	}
	return p
}

// A transaction that fails changes nothing, and says which rule it was.
func TestAFailedLoadLeavesTheOldRules(t *testing.T) {
	needLab(t)
	h := routed(t, Options{}).Host(Gateway)
	old := manyRules(3)
	if err := h.Load(old); err != nil {
		t.Fatal(err)
	}
	rules := manyRules(5).CompileAt(firewall.AtGateway, gatewayInterfaces)
	rules[4].Chain.Name = strings.Repeat("x", 300) // longer than the kernel allows
	err := h.replace(rules, growBuffers)
	if err == nil || !strings.Contains(err.Error(), rules[4].Name) {
		t.Errorf("got %v, want an error that names %q", err, rules[4].Name)
	}
	if err := h.Loaded(old); err != nil {
		t.Error(err)
	}
	if err := h.Load(firewall.Profile{Name: "bad", Default: "maybe"}); err == nil || !strings.Contains(err.Error(), "bad") {
		t.Errorf("an invalid profile: %v", err)
	}
}

func TestLoadsOfManyLabsAtOnce(t *testing.T) {
	needLab(t)
	var all sync.WaitGroup
	for range 8 {
		lab := routed(t, Options{})
		all.Go(func() {
			for _, p := range sampleProfiles() {
				if err := errors.Join(lab.Load(p), lab.Loaded(p)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func BenchmarkLoad(b *testing.B) {
	needLab(b)
	p := manyRules(13)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			lab := routed(b, Options{})
			b.StartTimer()
			if err := lab.Load(p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("replace", func(b *testing.B) {
		lab := routed(b, Options{})
		for b.Loop() {
			if err := lab.Load(p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("counters", func(b *testing.B) {
		lab := routed(b, Options{})
		if err := lab.Load(p); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := lab.Counters(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
