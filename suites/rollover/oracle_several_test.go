package rollover

import (
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// walksOf is what each client must do, in the notation.
func walksOf(p Prediction) []string {
	var out []string
	for _, one := range p.Clients {
		out = append(out, one.String())
	}
	return out
}

func TestPredictSeveral(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string
		inTurn     bool
	}{
		{"all the same", "dialect: wmp11\n  moniker: rtsp\n  profile: no-udp-to-client\n  client: {count: 3}",
			[]string{"RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played", "RTSPU:starved RTSPT:played"}, false},
		{"a mix, which begins again", "dialect: wmp11\n  moniker: rtsp\n  client: {count: 3, mix: [{}, {limits: [UDP]}]}",
			[]string{"RTSPU:played", "RTSPU:skipped RTSPT:played", "RTSPU:played"}, false},
		{"limits of all, and none of one", "dialect: wmp11\n  moniker: rtsp\n  limits: [UDP]\n  client: {count: 2, mix: [{limits: []}, {}]}",
			[]string{"RTSPU:played", "RTSPU:skipped RTSPT:played"}, false},
		{"both ladders", "dialect: card\n  moniker: rtsp\n  client: {count: 3, mix: [{}, {moniker: mms}, {dialect: wmp6, moniker: http}]}",
			[]string{"RTSPU:played", "MMSU:played", "HTTP:played"}, false},
		{"one MMS port for two", "dialect: wmp6\n  moniker: mms\n  client: {count: 2, ports: 2000}",
			[]string{"MMSU:played", "MMSU:skipped MMST:played"}, true},
		{"three RTSP clients' ports for four", "dialect: wmp11\n  moniker: rtsp\n  client: {count: 4, ports: 2000-2009}",
			[]string{"RTSPU:played", "RTSPU:played", "RTSPU:played", "RTSPU:skipped RTSPT:played"}, true},
		{"one port less, and luck decides", "dialect: wmp11\n  moniker: rtsp\n  client: {count: 3, ports: 2000-2008}",
			[]string{"RTSPU:played", "RTSPU:played", "RTSPU:skipped RTSPT:played | RTSPU:played"}, true},
		{"who is told to take TCP takes no port", "dialect: wmp6\n  moniker: mms\n  client: {count: 3, ports: 2000, mix: [{limits: [UDP]}, {}, {}]}",
			[]string{"MMSU:skipped MMST:played", "MMSU:played", "MMSU:skipped MMST:played"}, true},
		{"a pinned rung without a port", "dialect: wmp6\n  moniker: mmsu\n  client: {count: 2, ports: 2000}",
			[]string{"MMSU:played", "MMSU:broken?"}, true},
		{"no other rung on its connection", "dialect: wmp6\n  moniker: mms\n  limits: [TCP]\n  client: {count: 2, ports: 2000}",
			[]string{"MMSU:played", "MMSU:broken? MMST:skipped HTTP:played"}, true},
		{"a port that is not asked for", "dialect: wmp6\n  moniker: mms\n  profile: no-mms\n  client: {count: 2, ports: 2000}",
			[]string{"MMSU:blocked MMST:blocked? HTTP:played", "MMSU:blocked MMST:blocked? HTTP:played"}, false},
		{"ports enough", "dialect: wmp6\n  moniker: mms\n  client: {count: 20, ports: 2000-2019}", nil, false},
	} {
		all, err := LoadScenarios("f.yaml", []byte("- id: x\n  "+c.text+"\n"))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		p := Predict(all[0], ClientRow{}, Brisk)
		if got := walksOf(p); c.want != nil && !sameWalks(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if p.InTurn != c.inTurn {
			t.Errorf("%s: in turn %t", c.name, p.InTurn)
		}
		for n := range all[0].Client.Count {
			for _, seq := range p.Of(n + 1).Sequences {
				if !slices.ContainsFunc(p.Sequences, func(s []Step) bool { return sequenceString(s) == sequenceString(seq) }) {
					t.Errorf("%s: client %d may walk %s, and the whole says %s", c.name, n+1, sequenceString(seq), p)
				}
			}
		}
	}
}

// sameWalks compares predictions whose alternatives may stand in any order.
func sameWalks(got, want []string) bool {
	sorted := func(text string) string {
		parts := strings.Split(text, " | ")
		slices.Sort(parts)
		return strings.Join(parts, " | ")
	}
	return slices.EqualFunc(got, want, func(a, b string) bool { return sorted(a) == sorted(b) })
}

// A client fault lies in one client only where the scenario says so, and a
// client that is not the faulty one is predicted as if there were none.
func TestFaultyClient(t *testing.T) {
	t.Parallel()
	s := scenario(t, "dialect: wmp11\nmoniker: http\nfaults: [F-19]\nclient: {count: 3, faulty: 2}")
	p, err := PredictAgainst(s, PartyServer, ClientRow{}, Brisk)
	if err != nil {
		t.Fatal(err)
	}
	for n, one := range p.Clients {
		if played := slices.Contains(one.Finals(), "HTTP"); played != (n != 1) {
			t.Errorf("client %d: %s", n+1, one)
		}
	}
	if faults := s.Of(2).Faults; !slices.Equal(faults, []string{"F-19"}) || len(s.Of(3).Faults) != 0 {
		t.Errorf("faults of client 2: %v, of client 3: %v", faults, s.Of(3).Faults)
	}
	s.Client.Faulty = 0
	if len(s.Of(3).Faults) != 1 {
		t.Error("a fault of no client in particular is every client's")
	}
}

// What is said of some of several clients needs several, and a moniker that
// their dialect knows.
func TestSeveralClientsAreLoadedStrictly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ client, want string }{
		{"{count: 101}", "1 to 100"},
		{"{mix: [{limits: [UDP]}]}", "a count of 2 or more"},
		{"{count: 1, faulty: 1}", "a count of 2 or more"},
		{"{count: 2, faulty: 3}", "1 to 2"},
		{"{count: 2, mix: [{moniker: mmsu}]}", "dialect wmp11 knows no mmsu://"},
		{"{count: 2, mix: [{dialect: wmp6}, {dialect: wmp7}]}", "wmp7"},
		{"{count: 2, mix: [{ports: 2000}]}", "unknown key"},
	} {
		_, err := LoadScenarios("f.yaml", []byte("- id: x\n  dialect: wmp11\n  moniker: rtsp\n  client: "+c.client+"\n"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.client, err, c.want)
		}
	}
	s := scenario(t, "dialect: card\nmoniker: rtsp\nclient: {count: 9, mix: [{}, {limits: []}, {dialect: wmp6, moniker: mms, limits: [UDP]}], faulty: 4}")
	if !slices.Contains(s.Offer.Rungs, MMSU) || !slices.Contains(s.Offer.Rungs, RTSPT) {
		t.Errorf("the server offers %v, and the clients' ladders are both", s.Offer.Rungs)
	}
	back, err := LoadScenarios("f.yaml", MarshalScenario(s))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := string(MarshalScenario(back[0])), string(MarshalScenario(s)); a != b {
		t.Errorf("came back as\n%s\nwant\n%s", a, b)
	}
	if v := back[0].Client.Mix; len(v) != 3 || v[0].Limits != nil || v[1].Limits == nil || v[2].Dialect != WMP6 {
		t.Errorf("the mix came back as %+v", v)
	}
}

func TestClientsText(t *testing.T) {
	t.Parallel()
	for want, in := range map[string][]int{
		"client 7": {7}, "clients 1, 2": {1, 2}, "clients 1-3": {1, 2, 3}, "clients 1, 4-6, 9, 10": {1, 4, 5, 6, 9, 10},
	} {
		if got := ClientsText(in); got != want {
			t.Errorf("%v: %q, want %q", in, got, want)
		}
	}
}

// An explanation tells of several clients who does what, and why.
func TestExplainSeveral(t *testing.T) {
	t.Parallel()
	s := scenario(t, "dialect: wmp11\nmoniker: rtsp\nclient: {count: 5, ports: 2000-2005, mix: [{}, {limits: [UDP]}]}")
	text := Explain(s, ClientRow{}, Predict(s, ClientRow{}, Brisk))
	for _, want := range []string{"5 clients play", "one after the other", "2000-2005", "Clients 1, 3:", "Clients 2, 4:", "Client 5:",
		"too few UDP ports of 2000-2005 are left for it", "switched off in the client by UDP"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// One client alone that has too few ports for a rung goes on without a word
// about it, and does not hang (RO-PORT-09).
func TestPredictTooFewPorts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"dialect: wmp11\nmoniker: rtsp\nclient: {ports: 3001}", "RTSPU:skipped RTSPT:played"},
		{"dialect: wmp11\nmoniker: rtsp\nclient: {ports: [3002, 3003]}", "RTSPU:skipped RTSPT:played"},
		{"dialect: wmp11\nmoniker: rtsp\nclient: {ports: 3001-3003}", "RTSPU:played"},
		{"dialect: wmp11\nmoniker: rtsp\nclient: {ports: 3002-3003, habits: [plain]}", "RTSPU:skipped RTSPT:played | RTSPU:played"},
		{"dialect: wmp6\nmoniker: mms\nclient: {ports: 3001}", "MMSU:played"},
		{"dialect: wmp11\nmoniker: rtsp\nclient: {ports: 3001, starts: 2}", "RTSPU:skipped RTSPT:played RTSPU:skipped RTSPT:played | RTSPU:skipped RTSPT:played RTSPT:played"},
	} {
		if p := Predict(scenario(t, c.text), ClientRow{}, Brisk); !sameWalks([]string{p.String()}, []string{c.want}) {
			t.Errorf("%s: %s, want %s", c.text, p, c.want)
		}
	}
	listens := Predict(scenario(t, "dialect: wmp11\nmoniker: rtsp"), ClientRow{Ports: portRange(7000, 7000)}, Brisk)
	if got := listens.String(); got != "RTSPU:played" {
		t.Errorf("a client with ports of its own knows how many it needs; %s", got)
	}
}

func portRange(lo, hi uint16) firewall.Ports { return firewall.Ports{{Lo: lo, Hi: hi}} }
