package rollover

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update rewrites it); got\n%s", path, got)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	everything := scenario(t, `
purpose: Everything an explanation can tell.
refs: [RO-RTSP-106, "MS-RTSP 3.1.6.1"]
dialect: wmp9
moniker: mms
port: 8554
limits: [HTTP]
offer: {fastCache: true, content: live, ports: {rtsp: 8554}, reply: {rtsp: 404}, auth: {scheme: digest, user: u, password: p, client: wrong}}
faults: [E-16]
profile:
  name: own
  default: drop
  stateful: true
  at: server
  rules:
    - {action: accept, from: client, proto: tcp, dport: [80, 8554]}
    - {name: thinned, action: drop, proto: udp, sport: 5004, every: 20}
    - {name: no fragments, action: drop, from: client, fragments: true}
link: {mtu: 1300, rate: 2mbit}
client: {ports: [3000-3099, 4000]}
topology: multicast
then: [{when: playing, profile: closed}, {when: after 2s, do: seek}]`)
	for name, s := range map[string]Scenario{
		"everything": everything,
		"no-udp":     named(t, "rtsp/no-udp"),
		"nat":        named(t, "rtsp/state/nat"),
		"cut":        named(t, "rtsp/partial/udp-cut"),
		"nothing":    named(t, "rtsp/limits/no-udp-tcp-http"),
	} {
		golden(t, "explain/"+name+".txt", Explain(s, ClientRow{}, Predict(s, ClientRow{}, Brisk)))
	}
	requirement, _ := LookUp("RO-RTSP-104")
	golden(t, "explain/requirement.txt", requirement.Explain())
	fault, _ := LookUpFault("E-16")
	golden(t, "explain/fault.txt", fault.Explain("rtsp/no-udp"))
}

// A client that declares ports and a ladder of its own is explained by them.
func TestExplainClientRow(t *testing.T) {
	t.Parallel()
	s := named(t, "rtsp/no-udp")
	row := ClientRow{Ports: firewall.Ports{{Lo: 7000, Hi: 7000}}, Ladders: map[string]Ladder{s.Moniker: {RTSPT, RTSPU}},
		Optional: map[string][]Rung{s.Moniker: {RTSPU}}}
	text := Explain(s, row, Predict(s, row, Brisk))
	for _, want := range []string{"To the client, rtsp:// names the ladder RTSPT RTSPU?\n", "udp from 5004 to the client's 7000\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, other := range []string{"1024-5000", "HTTP "} {
		if strings.Contains(text[strings.Index(text, "Legs"):strings.Index(text, "Predicted")], other) {
			t.Errorf("%s among the legs of\n%s", other, text)
		}
	}
}

func named(t testing.TB, id string) Scenario {
	t.Helper()
	all := loadCatalogue(t)
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.ID == id })
	if i < 0 {
		t.Fatalf("no scenario %s", id)
	}
	return all[i]
}

// TestExplanationsFitATerminal, whatever is explained.
func TestExplanationsFitATerminal(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, s := range loadCatalogue(t) {
		p := Predict(s, ClientRow{}, Brisk)
		texts = append(texts, Explain(s, ClientRow{}, p))
		if len(p.WhyLines()) == 0 {
			t.Errorf("%s has no reasons", s.ID)
		}
	}
	for _, r := range Requirements() {
		texts = append(texts, r.Explain())
	}
	for _, f := range Faults() {
		texts = append(texts, f.Explain("rtsp/no-udp"))
	}
	for _, text := range texts {
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > explainWidth {
				t.Errorf("too wide: %q", line)
			}
		}
	}
}

// TestProfilesAsRules shows each named profile as the kernel gets it.
func TestProfilesAsRules(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, p := range Profiles() {
		b.WriteString("# " + p.Name + ": " + p.Purpose + "\n")
		for _, c := range p.Compile(firewall.Gateway{ToClient: "client", ToServer: "server"}) {
			b.WriteString(string(c.At) + "  " + c.String() + "\n")
		}
		b.WriteString("\n")
	}
	golden(t, "profiles.nft", b.String())
}

func TestScenarioFileIsGolden(t *testing.T) {
	t.Parallel()
	golden(t, "scenario.yaml", string(MarshalScenario(named(t, "rtsp/partial/only-rtx"))))
}
