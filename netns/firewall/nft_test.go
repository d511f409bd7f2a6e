package firewall

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var labGateway = Gateway{ToClient: "client", ToServer: "server"}

// goldens are the profiles whose rulesets are kept, one or more for each
// feature.
func goldens() []Profile {
	rtsp, web := Ports{{554, 554}}, Ports{{80, 80}, {8080, 8080}, {1024, 5000}}
	return []Profile{
		{Name: "open"},
		example,
		{Name: "closed", Default: Drop},
		{Name: "actions", Rules: []Rule{
			{Action: Accept, From: Client, Proto: TCP, DPort: rtsp},
			{Action: Drop, From: Client, Proto: TCP, DPort: web},
			{Action: Reset, From: Client, Proto: TCP},
			{Action: Reset, From: Server, Proto: UDP, SPort: rtsp, DPort: web},
			{Action: Reset},
			{Action: Prohibit, Proto: UDP},
			{Action: Prohibit, From: Server},
			{Action: Prohibit, From: Server},
		}},
		{Name: "stateful", Default: Drop, Stateful: true, Rules: []Rule{{Action: Accept, From: Client}}},
		{Name: "masquerade", NAT: Masquerade, Stateful: true, Default: Drop, Rules: []Rule{{Action: Accept, From: Client}}},
		{Name: "renumber", NAT: Renumber},
		{Name: "host-server", At: AtServer, Default: Drop, Rules: []Rule{
			{Action: Accept, From: Client, Proto: TCP, DPort: rtsp},
			{Action: Accept, From: Server},
			{Action: Reset, From: Client, Proto: TCP},
			{Action: Drop, From: Client, Proto: UDP, Fragments: true, Every: 3},
		}},
		{Name: "host-client", At: AtClient, Default: Drop, Stateful: true, NAT: Masquerade, Rules: []Rule{
			{Name: "out", Action: Accept, From: Client},
			{Name: "both ways", Action: Reset, Proto: TCP},
		}},
	}
}

func TestRulesetsAreAsKept(t *testing.T) {
	t.Parallel()
	for _, p := range goldens() {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		got := p.NFT(labGateway)
		path := filepath.Join("testdata", p.Name+".nft")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got != string(want) {
			t.Errorf("%s: the ruleset is\n%s\nkept is\n%s", p.Name, got, want)
		}
	}
}

func TestEveryRuleIsCountedAndNamed(t *testing.T) {
	t.Parallel()
	for _, p := range goldens() {
		names := map[string]bool{}
		for _, r := range p.Compile(labGateway) {
			if r.Name == "" {
				t.Errorf("%s: %v has no name", p.Name, r)
			}
			names[r.Name] = true
		}
		for _, want := range append(p.Names(), NameDefault, NameICMPErrors) {
			if !names[want] {
				t.Errorf("%s: no rule %q", p.Name, want)
			}
		}
	}
}
