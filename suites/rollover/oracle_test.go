package rollover

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// scenario reads the one scenario of a test from its keys.
func scenario(t testing.TB, yaml string) Scenario {
	t.Helper()
	all, err := LoadScenarios("test.yaml", []byte("- id: t\n  "+strings.ReplaceAll(strings.TrimSpace(yaml), "\n", "\n  ")+"\n"))
	if err != nil {
		t.Fatalf("%s\n%v", yaml, err)
	}
	return all[0]
}

func predicted(t testing.TB, yaml string) string {
	t.Helper()
	return Predict(scenario(t, yaml), ClientRow{}, Brisk).String()
}

func finals(t testing.TB, yaml string) string {
	t.Helper()
	return strings.Join(Predict(scenario(t, yaml), ClientRow{}, Brisk).Finals(), " ")
}

// TestGenerations is the table of rollover.md B.4: what each generation of
// players gets from each version of the server, in order, when what it got
// before is taken away from it.
func TestGenerations(t *testing.T) {
	t.Parallel()
	type row struct{ dialect, wms, fc, want string }
	var rows []row
	add := func(dialect, wms, off, on string) {
		rows = append(rows, row{dialect, wms, "false", off}, row{dialect, wms, "true", on})
	}
	mms, rtsp, fast := "MMSU MMST HTTP", "RTSPU RTSPT HTTP", "RTSPT RTSPU HTTP"
	add("wmp6", "4.1", mms, mms)
	add("wmp6", "9.0", mms, mms)
	add("wmp6", "9.1", mms, mms)
	add("wmp6", "9.5", "HTTP", "HTTP")
	add("wmp9", "4.1", mms, mms)
	add("wmp11", "4.1", "HTTP", "HTTP")
	for _, d := range []string{"wmp9", "wmp11"} {
		for _, v := range []string{"9.0", "9.1", "9.5"} {
			add(d, v, rtsp, fast)
		}
	}
	for _, r := range rows {
		name := fmt.Sprintf("%s/%s/fc=%s", r.dialect, r.wms, r.fc)
		// Whatever plays first is not offered the next time.
		s := scenario(t, fmt.Sprintf("dialect: %s\nmoniker: mms\noffer: {wms: %q, fastCache: %s}", r.dialect, r.wms, r.fc))
		var got []string
		for range 6 {
			final := Predict(s, ClientRow{}, Brisk).Finals()[0]
			if final == None {
				break
			}
			got = append(got, final)
			s.Offer.Rungs = slices.DeleteFunc(slices.Clone(s.Offer.Rungs), func(r Rung) bool { return string(r) == final })
			if final == "HTTP" {
				s.Offer.HTTP = HTTPOff
			}
		}
		if text := strings.Join(got, " "); text != r.want {
			t.Errorf("%s delivers %s, want %s", name, text, r.want)
		}
	}
}

// TestFastCacheSecondRungIsOptional: the sources differ on whether RTSPU is
// tried behind RTSPT.
func TestFastCacheSecondRungIsOptional(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"offer: {fastCache: true, rungs: [RTSPU, HTTP]}":               "RTSPT:rejected RTSPU:played | RTSPT:rejected HTTP:played",
		"offer: {fastCache: true}\nlimits: [TCP]":                      "RTSPT:skipped RTSPU:played | RTSPT:skipped HTTP:played",
		"offer: {fastCache: true, content: live}":                      "RTSPU:played",
		"offer: {fastCache: true, rungs: [HTTP]}\nprofile: no-rtsp":    "RTSPT:blocked RTSPU:blocked? HTTP:played",
		"offer: {fastCache: true, rungs: [RTSPU]}\nprofile: no-udp":    "RTSPT:rejected RTSPU:starved? HTTP:refused",
		"offer: {fastCache: true}\nprofile: only-http":                 "RTSPT:blocked RTSPU:blocked? HTTP:played",
		"offer: {fastCache: true}\nprofile: no-udp\nlimits: [TCP]":     "RTSPT:skipped RTSPU:starved? HTTP:played",
		"offer: {fastCache: true, rungs: [RTSPT]}\nprofile: no-udp":    "RTSPT:played",
		"offer: {fastCache: true, wms: \"4.1\"}":                       "RTSPT:refused RTSPU:refused? HTTP:played",
		"offer: {fastCache: true, reply: {rtsp: 404}}":                 "RTSPT:denied | RTSPT:denied RTSPU:denied? HTTP:played",
		"offer: {fastCache: true, reply: {connect: mute}, http: mute}": "RTSPT:broken RTSPU:broken? HTTP:broken",
	} {
		got := Predict(scenario(t, "dialect: wmp11\nmoniker: mms\n"+yaml), ClientRow{}, Brisk)
		p, err := ParseSequences(want)
		if err != nil {
			t.Fatal(err)
		}
		if !sameSequences(got, p) {
			t.Errorf("%s\n got %s\nwant %s", yaml, got, want)
		}
	}
}

// TestClosedLegs is the table of rollover.md B.6: columns R, R with Fast
// Cache, M.
func TestClosedLegs(t *testing.T) {
	t.Parallel()
	const rU, rT, mU = "RTSPU:played", "RTSPT:played", "MMSU:played"
	drop := func(rule string) string { return "profile: {rules: [" + rule + "]}" }
	for _, c := range []struct{ leg, yaml, r, fc, m string }{
		{"554 dropped", drop("{action: drop, proto: tcp, dport: 554}"),
			"RTSPU:blocked RTSPT:blocked? HTTP:played", "RTSPT:blocked RTSPU:blocked? HTTP:played", mU},
		{"554 reset", drop("{action: reset, proto: tcp, dport: 554}"),
			"RTSPU:refused RTSPT:refused? HTTP:played", "RTSPT:refused RTSPU:refused? HTTP:played", mU},
		{"554 prohibited", drop("{action: prohibit, proto: tcp, dport: 554}"),
			"RTSPU:refused RTSPT:refused? HTTP:played", "RTSPT:refused RTSPU:refused? HTTP:played", mU},
		{"answers from 554 dropped", drop("{action: drop, from: server, proto: tcp, sport: 554}"),
			"RTSPU:blocked RTSPT:blocked? HTTP:played", "RTSPT:blocked RTSPU:blocked? HTTP:played", mU},
		{"answers from 554 reset", drop("{action: reset, from: server, proto: tcp, sport: 554}"),
			"RTSPU:blocked RTSPT:blocked? HTTP:played", "RTSPT:blocked RTSPU:blocked? HTTP:played", mU},
		{"5004 out", drop("{action: drop, from: server, proto: udp, sport: 5004}"), "RTSPU:starved RTSPT:played", rT, mU},
		{"5005 in", drop("{action: drop, from: client, proto: udp, dport: 5005}"), rU, rT, mU},
		{"5005 out", drop("{action: drop, from: server, proto: udp, sport: 5005}"), rU, rT, mU},
		{"5005 both ways", drop("{action: drop, proto: udp, dport: 5005}, {action: drop, proto: udp, sport: 5005}"), rU, rT, mU},
		{"outside 1024-5000, client inside", drop("{action: accept, from: server, proto: udp, dport: 1024-5000}, {action: drop, from: server, proto: udp}"), rU, rT, mU},
		{"outside 1024-5000, client outside", drop("{action: accept, from: server, proto: udp, dport: 1024-5000}, {action: drop, from: server, proto: udp}") + "\nclient: {ports: 20000-20099}",
			"RTSPU:starved RTSPT:played", rT, "MMSU:starved MMST:played"},
		{"1024-5000 out", drop("{action: drop, from: server, proto: udp, dport: 1024-5000}"), "RTSPU:starved RTSPT:played", rT, "MMSU:starved MMST:played"},
		{"1755 dropped", drop("{action: drop, proto: tcp, dport: 1755}"), rU, rT, "MMSU:blocked MMST:blocked? HTTP:played"},
		{"1755 reset", drop("{action: reset, proto: tcp, dport: 1755}"), rU, rT, "MMSU:refused MMST:refused? HTTP:played"},
		{"udp 1755 in", drop("{action: drop, from: client, proto: udp, dport: 1755}"), rU, rT, mU},
		{"udp 1755 out", drop("{action: drop, from: server, proto: udp, sport: 1755}"), rU, rT, "MMSU:played | MMSU:starved MMST:played"},
		{"80 dropped", drop("{action: drop, proto: tcp, dport: 80}"), rU, rT, mU},
		{"554 and 80", drop("{action: drop, proto: tcp, dport: [554, 80]}"),
			"RTSPU:blocked RTSPT:blocked? HTTP:blocked", "RTSPT:blocked RTSPU:blocked? HTTP:blocked", mU},
		{"1755 and 80", drop("{action: reset, proto: tcp, dport: [1755, 80]}"), rU, rT, "MMSU:refused MMST:refused? HTTP:refused"},
		{"all udp", drop("{action: drop, proto: udp}"), "RTSPU:starved RTSPT:played", rT, "MMSU:starved MMST:played"},
	} {
		for ladder, want := range map[string]string{
			"dialect: wmp11\nmoniker: mms":                           c.r,
			"dialect: wmp11\nmoniker: mms\noffer: {fastCache: true}": c.fc,
			"dialect: wmp6\nmoniker: mms":                            c.m,
			"dialect: card\nmoniker: rtsp":                           c.r,
			"dialect: card\nmoniker: mms":                            c.m,
		} {
			if got := predicted(t, ladder+"\n"+c.yaml); got != want {
				t.Errorf("%s, %s: %s, want %s", c.leg, strings.ReplaceAll(ladder, "\n", " "), got, want)
			}
		}
	}
}

// TestLimits is the table of rollover.md B.9.
func TestLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ off, wmp6, wmp9, wmp11, fast string }{
		{"", "MMSU", "RTSPU", "RTSPU", "RTSPT"},
		{"UDP", "MMST", "RTSPT", "RTSPT", "RTSPT"},
		{"TCP", "MMSU", "RTSPU", "RTSPU", "RTSPU HTTP"},
		{"HTTP", "MMSU", "RTSPU", "RTSPU", "RTSPT"},
		{"UDP, TCP", "HTTP", "HTTP", "HTTP", "HTTP"},
		{"UDP, HTTP", "MMST", "RTSPT", "RTSPT", "RTSPT"},
		{"TCP, HTTP", "MMSU", "RTSPU", "RTSPU", "RTSPU none"},
		{"UDP, TCP, HTTP", "none", "none", "none", "none"},
	} {
		for dialect, want := range map[string]string{"wmp6": c.wmp6, "wmp9": c.wmp9, "wmp11": c.wmp11} {
			if got := finals(t, fmt.Sprintf("dialect: %s\nmoniker: mms\nlimits: [%s]", dialect, c.off)); got != want {
				t.Errorf("%s without [%s] ends on %s, want %s", dialect, c.off, got, want)
			}
		}
		if got := finals(t, fmt.Sprintf("dialect: wmp11\nmoniker: mms\noffer: {fastCache: true}\nlimits: [%s]", c.off)); got != c.fast {
			t.Errorf("wmp11 with Fast Cache without [%s] ends on %s, want %s", c.off, got, c.fast)
		}
	}
}

func TestSingleRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, yaml, want string }{
		{"a pinned rung ignores limits", "dialect: wmp11\nmoniker: rtspu\nlimits: [UDP]", "RTSPU:played"},
		{"a player with everything off opens nothing", "dialect: wmp11\nmoniker: rtspu\nlimits: [UDP, TCP, HTTP]", "none"},
		{"other dialects do", "dialect: wmf\nmoniker: rtspu\nlimits: [UDP, TCP, HTTP]", "RTSPU:played"},
		{"everything skipped", "dialect: card\nmoniker: rtsp\nlimits: [UDP, TCP, HTTP]", "RTSPU:skipped RTSPT:skipped HTTP:skipped"},
		{"old players open no rtsp", "dialect: wmp6\nmoniker: rtsp", "none"},
		{"461 to UDP", "dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [RTSPT, HTTP]}", "RTSPU:rejected RTSPT:played"},
		{"461 to both leaves nothing listening", "dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [HTTP]}", "RTSPU:refused RTSPT:refused? HTTP:played"},
		{"a refused funnel", "dialect: wmp6\nmoniker: mms\noffer: {rungs: [MMST, HTTP]}", "MMSU:rejected MMST:played"},
		{"401 to the right account", "dialect: wmp11\nmoniker: rtsp\noffer: {auth: {scheme: digest, user: u, password: p}}", "RTSPU:played"},
		{"401 to the wrong one", "dialect: wmp11\nmoniker: rtsp\noffer: {auth: {scheme: basic, user: u, password: p, client: wrong}}", "RTSPU:denied"},
		{"401 to the wrong one, or the refusal that would have followed", "dialect: wmp11\nmoniker: rtspu\noffer: {reply: {rtsp: 500}, auth: {scheme: basic, user: u, password: p, client: wrong}}", "RTSPU:broken | RTSPU:denied"},
		{"the refusal that follows the right one", "dialect: wmp11\nmoniker: rtspu\noffer: {reply: {rtsp: 500}, auth: {scheme: basic, user: u, password: p}}", "RTSPU:broken"},
		{"401 to none", "dialect: wmp11\nmoniker: http\noffer: {auth: {scheme: basic, user: u, password: p, client: none}}", "HTTP:denied"},
		{"453", "dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 453}}", "RTSPU:denied"},
		{"404", "dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 404}}", "RTSPU:denied | RTSPU:denied RTSPT:denied? HTTP:played"},
		{"404 to a proxy", "dialect: wmsproxy\nmoniker: rtsp\noffer: {reply: {http: 404}}", "HTTP:denied"},
		{"500", "dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 500}}", "RTSPU:broken RTSPT:broken? HTTP:played"},
		{"461 to everything", "dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 461}}", "RTSPU:rejected RTSPT:rejected HTTP:played"},
		{"http 500 last", "dialect: wmp11\nmoniker: http\noffer: {reply: {http: 500}}", "HTTP:rejected"},
		{"302", "dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 302}}", "RTSPU:played | RTSPU:rejected | RTSPU:rejected RTSPT:played | RTSPU:rejected RTSPT:rejected? HTTP:played"},
		{"MMS to a player that speaks RTSP", "dialect: wmp9\nmoniker: mms\noffer: {rungs: [MMSU, MMST]}", "RTSPU:refused RTSPT:refused? MMSU:rejected? MMST:rejected? HTTP:refused"},
		{"the same from WMS 4.1", "dialect: wmp9\nmoniker: mms\noffer: {wms: \"4.1\"}", "RTSPU:refused RTSPT:refused? MMSU:played"},
		{"mmsu on a player that may not know it", "dialect: wmp9\nmoniker: mmsu\noffer: {wms: \"4.1\"}", "MMSU:played | none"},
		{"download behind an impostor", "dialect: mf\nmoniker: http\noffer: {http: impostor}", "HTTP:broken HTTPD:broken?"},
		{"download where it is served", "dialect: mf\nmoniker: http\noffer: {rungs: [HTTPD]}", "HTTP:broken HTTPD:played | HTTP:broken"},
		{"a proxy ends on what is no connection failure", "dialect: wmsproxy\nmoniker: rtsp\noffer: {http: impostor}", "HTTP:broken"},
		{"a proxy goes on after one", "dialect: wmsproxy\nmoniker: rtsp\noffer: {http: off}\nprofile: no-udp", "HTTP:refused RTSPU:starved | HTTP:refused RTSPU:starved RTSPT:played"},
		{"a pinned port", "dialect: wmp11\nmoniker: rtspt\nport: 8554\noffer: {ports: {rtsp: 8554}}", "RTSPT:played"},
		{"a pinned port where nobody is", "dialect: wmp11\nmoniker: rtspt\nport: 8554", "RTSPT:refused"},
		{"a pinned port of somebody else", "dialect: wmp11\nmoniker: rtspt\nport: 80", "RTSPT:broken"},
		{"a server elsewhere, a URL that does not say so", "dialect: wmp11\nmoniker: rtspt\noffer: {ports: {rtsp: 8554}}", "RTSPT:refused"},
		{"large datagrams in fragments", "dialect: wmp11\nmoniker: rtsp\nprofile: no-fragments\nlink: {mtu: 1200}", "RTSPU:starved RTSPT:played"},
		{"which fit an ordinary link", "dialect: wmp11\nmoniker: rtsp\nprofile: no-fragments", "RTSPU:played"},
		{"a link that the larger packets of a pair do not fit", "dialect: wmp11\nmoniker: rtspu\nprofile: no-fragments\nlink: {mtu: 1499}", "RTSPU:played | RTSPU:starved"},
		{"but not over IPv6", "dialect: wmp11\nmoniker: rtsp\nprofile: no-fragments\nfamily: ipv6", "RTSPU:starved RTSPT:played"},
		{"half of the client's ports", "dialect: wmp11\nmoniker: rtsp\nprofile: {rules: [{action: drop, from: server, proto: udp, dport: 1024-3000}]}", "RTSPU:played | RTSPU:starved RTSPT:played"},
		{"the port that is left for media", "dialect: wmp11\nmoniker: rtsp\nclient: {ports: 3000-3002}\nprofile: {rules: [{action: drop, from: server, proto: udp, dport: 3002}]}", "RTSPU:starved RTSPT:played"},
		{"a port nobody uses", "dialect: wmp11\nmoniker: rtsp\nclient: {ports: 3000-3002}\nprofile: {rules: [{action: drop, from: server, proto: udp, dport: 3001}]}", "RTSPU:played"},
		{"default deny at the server", "dialect: wmp11\nmoniker: rtsp\nprofile: server-default-deny", "RTSPU:blocked RTSPT:blocked? HTTP:blocked"},
		{"nothing passes", "dialect: wmf\nmoniker: mms\nprofile: closed", "RTSPU:blocked RTSPT:blocked? MMSU:blocked MMST:blocked? HTTP:blocked"},
		{"a path that opens after the first rung starved", "dialect: card\nmoniker: rtsp\noffer: {rungs: [RTSPU, HTTP]}\nprofile: no-udp\nthen: [{when: starved, profile: no-http}]", "RTSPU:starved RTSPT:rejected HTTP:blocked"},
		{"a SYN that the client's own firewall stops is never seen", "dialect: wmp11\nmoniker: rtsp\nprofile: {at: client, rules: [{action: drop, from: client, proto: tcp, dport: 554}]}", "RTSPU:blocked? RTSPT:blocked? HTTP:played"},
		{"an answer that it stops leaves the SYN", "dialect: wmp11\nmoniker: rtspt\nprofile: {at: client, rules: [{action: drop, from: server, proto: tcp, sport: 554}]}", "RTSPT:blocked"},
		{"a browser's name", "dialect: wmp11\nmoniker: http\nclient: {agent: Mozilla/4.0}", "HTTP:rejected | HTTP:denied | HTTP:broken"},
		{"a player's name", "dialect: wmp11\nmoniker: http\nclient: {agent: NSPlayer/9.0}", "HTTP:played"},
		{"the same beside an impostor", "dialect: mf\nmoniker: httpd\noffer: {rungs: [HTTPD], http: impostor}", "HTTPD:played"},
		{"a file that is not offered", "dialect: mf\nmoniker: httpd", "HTTPD:rejected | HTTPD:denied | HTTPD:broken"},
		{"a reset of each third packet", "dialect: card\nmoniker: rtspt\nprofile: {rules: [{action: reset, from: client, proto: tcp, every: 3}]}",
			"RTSPT:played | RTSPT:refused | RTSPT:blocked | RTSPT:broken | RTSPT:starved"},
		{"a prohibition of each twentieth packet", "dialect: card\nmoniker: rtspt\nprofile: {rules: [{action: prohibit, from: client, proto: tcp, every: 20}]}", "RTSPT:played | RTSPT:refused | RTSPT:broken"},
		{"loss that TCP repairs", "dialect: card\nmoniker: rtspt\nprofile: {rules: [{action: drop, from: client, proto: tcp, every: 20}]}", "RTSPT:played"},
		{"loss so dense that TCP may not", "dialect: card\nmoniker: rtspt\nprofile: {rules: [{action: drop, from: client, proto: tcp, every: 2}]}", "RTSPT:played | RTSPT:blocked | RTSPT:broken | RTSPT:starved"},
		{"each fifth datagram of a closed leg passes", "dialect: card\nmoniker: rtspu\nprofile: {default: drop, rules: [{action: accept, proto: tcp}, {action: accept, proto: udp, every: 5}]}", "RTSPU:played | RTSPU:starved"},
		{"translation that begins in mid-play cuts what stands", "dialect: card\nmoniker: rtspt\nthen: [{when: playing, profile: nat-masquerade}]", "RTSPT:played | RTSPT:played RTSPT:played"},
		{"a filter that keeps state from the middle on", "dialect: card\nmoniker: rtspt\nthen: [{when: playing, profile: {default: drop, stateful: true, rules: [{action: accept, from: client}]}}]", "RTSPT:played | RTSPT:played RTSPT:played"},
		{"a control leg that closes after the first rung starved", "dialect: card\nmoniker: rtsp\nprofile: no-udp\nthen: [{when: starved, profile: no-rtsp}]", "RTSPU:starved RTSPT:blocked HTTP:played | RTSPU:starved RTSPT:broken HTTP:played"},
		{"a filter with state lets go on what has begun", "dialect: card\nmoniker: rtspu\nthen: [{when: after 1s, profile: {default: drop, stateful: true}}]", "RTSPU:played | RTSPU:played RTSPU:blocked | RTSPU:blocked | RTSPU:starved | RTSPU:broken"},
		{"a version that has no rtsp serves none", "dialect: wmp11\nmoniker: rtsp\noffer: {wms: \"4.1\", rungs: [RTSPU, RTSPT, HTTP]}", "RTSPU:refused RTSPT:refused? HTTP:played"},
		{"a version that has no mms serves none", "dialect: wmp6\nmoniker: mms\noffer: {wms: \"9.5\", rungs: [MMSU, MMST, HTTP]}", "MMSU:refused MMST:refused? HTTP:played"},
		{"a change after a time may come at any step", "dialect: card\nmoniker: rtspt\nthen: [{when: after 2s, profile: closed}]", "RTSPT:played | RTSPT:played RTSPT:blocked | RTSPT:blocked | RTSPT:broken | RTSPT:starved"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Predict(scenario(t, c.yaml), ClientRow{}, Brisk)
			want, err := ParseSequences(c.want)
			if err != nil {
				t.Fatal(err)
			}
			if !sameSequences(got, want) {
				t.Errorf("%s\n got %s\nwant %s", c.yaml, got, want)
			}
		})
	}
}

// TestPortInAGeneralURL: each protocol may knock at the URL's port or at its
// default, and only one that finds itself there can play (B.8).
func TestPortInAGeneralURL(t *testing.T) {
	t.Parallel()
	got := Predict(scenario(t, "dialect: wmp11\nmoniker: rtsp\nport: 8554\noffer: {ports: {rtsp: 8554}}"), ClientRow{}, Brisk)
	for _, want := range []string{"RTSPU:played", "RTSPU:refused RTSPT:refused? HTTP:played", "RTSPU:refused RTSPT:refused? HTTP:broken"} {
		if !slices.ContainsFunc(got.Sequences, func(seq []Step) bool { return sequenceString(seq) == want }) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	if n := len(got.Sequences); n != 3 {
		t.Errorf("%d sequences: %s", n, got)
	}
}

func TestClientRows(t *testing.T) {
	t.Parallel()
	punching := ClientRow{Punches: true, NoPairs: true, Data: 5 * time.Second, Connect: 20 * time.Second,
		Ladders:  map[string]Ladder{"rtsp": {RTSPU, RTSPT}, "mms": {MMST, MMSU, HTTP}, "rtspt": {RTSPU, RTSPM, RTSPT}},
		Optional: map[string][]Rung{"rtspt": {RTSPM}}}
	for _, c := range []struct{ name, yaml, want string }{
		{"its own ladder", "dialect: wmp11\nmoniker: mms\noffer: {rungs: [MMSU, HTTP]}", "MMST:rejected MMSU:rejected? HTTP:played"},
		{"its own order in spite of Fast Cache", "dialect: wmp11\nmoniker: rtsp\noffer: {fastCache: true}", "RTSPU:played"},
		{"a hole in its own firewall", "dialect: wmp11\nmoniker: rtsp\nprofile: client-default-deny", "RTSPU:played"},
		{"a mapping in the gateway", "dialect: wmp11\nmoniker: rtsp\nprofile: nat-masquerade", "RTSPU:played"},
		{"a mapping to another port", "dialect: wmp11\nmoniker: rtsp\nprofile: nat-renumber", "RTSPU:starved RTSPT:played"},
		{"a rung that it may leave out", "dialect: wmp11\nmoniker: rtspt\noffer: {rungs: [RTSPT]}", "RTSPU:rejected RTSPM:rejected? RTSPT:played"},
		{"no packet pairs to be fragmented", "dialect: wmp11\nmoniker: rtsp\nprofile: no-fragments\nlink: {mtu: 1200}", "RTSPU:played"},
	} {
		if got := Predict(scenario(t, c.yaml), punching, Brisk).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	starved := Predict(scenario(t, "dialect: wmp11\nmoniker: rtsp\nprofile: no-udp"), punching, Brisk).Sequences[0][0]
	want := Window{Trigger: TriggerPlay, Min: 4 * time.Second, Max: 9 * time.Second}
	if starved.Window != want {
		t.Errorf("window %+v, want %+v", starved.Window, want)
	}
}
