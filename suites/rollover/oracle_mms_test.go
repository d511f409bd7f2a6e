package rollover

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// compare holds the oracle against a table of scenarios and predictions.
func compare(t *testing.T, table []struct{ name, yaml, want string }) {
	t.Helper()
	for _, c := range table {
		got := Predict(scenario(t, c.yaml), ClientRow{}, Brisk)
		want, err := ParseSequences(c.want)
		if err != nil {
			t.Fatal(err)
		}
		if !sameSequences(got, want) {
			t.Errorf("%s\n%s\n got %s\nwant %s", c.name, c.yaml, got, want)
		}
	}
}

const (
	oldPlayer = "dialect: wmp6\nmoniker: mms\n"
	closeUDP  = "profile: {rules: [{action: drop, from: server, proto: udp}]}\n"
)

// TestFunnels: a transport that is not offered is refused by funnel, and the
// connection goes on (RO-MMS-103); with neither nobody listens.
func TestFunnels(t *testing.T) {
	t.Parallel()
	compare(t, []struct{ name, yaml, want string }{
		{"no UDP", oldPlayer + "offer: {rungs: [MMST, HTTP]}", "MMSU:rejected MMST:played"},
		{"no TCP", oldPlayer + "offer: {rungs: [MMSU, HTTP]}", "MMSU:played"},
		{"no TCP, and UDP closed", oldPlayer + closeUDP + "offer: {rungs: [MMSU, HTTP]}", "MMSU:starved MMST:rejected HTTP:played"},
		{"no TCP, UDP closed, no HTTP", oldPlayer + closeUDP + "offer: {rungs: [MMSU]}", "MMSU:starved MMST:rejected HTTP:refused"},
		{"no UDP, and UDP closed", oldPlayer + closeUDP + "offer: {rungs: [MMST]}", "MMSU:rejected MMST:played"},
		{"neither", oldPlayer + "offer: {rungs: [HTTP]}", "MMSU:refused MMST:refused? HTTP:played"},
		{"no UDP to an mmsu URL", "dialect: wmp6\nmoniker: mmsu\noffer: {rungs: [MMST, HTTP]}", "MMSU:rejected"},
		{"no TCP to an mmst URL", "dialect: card\nmoniker: mmst\noffer: {rungs: [MMSU, HTTP]}", "MMST:rejected"},
		{"no UDP, and the client wants none", oldPlayer + "limits: [UDP]\noffer: {rungs: [MMST]}", "MMSU:skipped MMST:played"},
		{"no TCP, and the client wants no UDP", oldPlayer + "limits: [UDP]\noffer: {rungs: [MMSU, HTTP]}", "MMSU:skipped MMST:rejected HTTP:played"},
		{"mute", oldPlayer + "offer: {reply: {connect: mute}}", "MMSU:broken MMST:broken? HTTP:played"},
		{"mute to an mmst URL", "dialect: wmp6\nmoniker: mmst\noffer: {reply: {connect: mute}}", "MMST:broken"},
	})
}

// TestTurnedAway: WMS 9 has MMS for those that speak no RTSP, 4.1 for all, and
// 9.5 for none (RO-PRT-101, RO-PRT-102).
func TestTurnedAway(t *testing.T) {
	t.Parallel()
	for _, d := range []Dialect{WMP6, WMP9, WMF, Card} {
		for _, v := range Versions() {
			for _, moniker := range []string{"mmsu", "mmst"} {
				s := scenario(t, fmt.Sprintf("dialect: %s\nmoniker: %s\noffer: {wms: %q}", d, moniker, v))
				outcome := "played"
				switch {
				case v == "9.5":
					outcome = "refused"
				case v != "4.1" && (d == WMP9 || d == WMF):
					outcome = "rejected"
				}
				want := strings.ToUpper(moniker) + ":" + outcome
				got := Predict(s, ClientRow{}, Brisk)
				if sequenceString(got.Sequences[0]) != want && sequenceString(got.Sequences[0]) != want+"?" {
					t.Errorf("%s %s:// of WMS %s: %s, want %s", d, moniker, v, got, want)
				}
			}
		}
	}
	compare(t, []struct{ name, yaml, want string }{
		{"the Format SDK at 9.1", "dialect: wmf\nmoniker: mms\nprofile: rtsp-reset", "RTSPU:refused RTSPT:refused? MMSU:rejected MMST:rejected? HTTP:played"},
		{"at 9.0 without HTTP", "dialect: wmf\nmoniker: mms\nprofile: rtsp-reset\noffer: {wms: \"9.0\", http: off}", "RTSPU:refused RTSPT:refused? MMSU:rejected MMST:rejected? HTTP:refused"},
		{"at 9.5", "dialect: wmf\nmoniker: mms\nprofile: rtsp-reset\noffer: {wms: \"9.5\"}", "RTSPU:refused RTSPT:refused? MMSU:refused MMST:refused? HTTP:played"},
		{"at 4.1", "dialect: wmf\nmoniker: mms\noffer: {wms: \"4.1\"}", "RTSPU:refused RTSPT:refused? MMSU:played"},
		{"version 9 at 9.1", "dialect: wmp9\nmoniker: mms\nprofile: rtsp-reset", "RTSPU:refused RTSPT:refused? MMSU:rejected? MMST:rejected? HTTP:played"},
		{"version 9 at 4.1", "dialect: wmp9\nmoniker: mms\noffer: {wms: \"4.1\"}\n" + closeUDP, "RTSPU:refused RTSPT:refused? MMSU:starved MMST:played"},
		{"version 9 at a silent 1755", "dialect: wmp9\nmoniker: mms\nprofile: no-mms\noffer: {wms: \"4.1\"}", "RTSPU:refused RTSPT:refused? MMSU:blocked MMST:blocked? HTTP:played"},
		{"version 9 with its RTSP switched off", "dialect: wmp9\nmoniker: mms\nlimits: [RTSP]", "RTSPU:skipped RTSPT:skipped MMSU:rejected? MMST:rejected? HTTP:played"},
		{"version 11 knows no MMS", "dialect: wmp11\nmoniker: mms\noffer: {wms: \"4.1\"}", "RTSPU:refused RTSPT:refused? HTTP:played"},
		{"a reader at a full server", "dialect: wmf\nmoniker: mmst\noffer: {reply: {mms: 0xC00D000F}}", "MMST:rejected | MMST:denied"},
		{"a mute server is mute to readers too", "dialect: wmf\nmoniker: mmsu\noffer: {reply: {connect: mute}}", "MMSU:broken"},
	})
}

// TestMMSResults is the MMS part of the table of rollover.md B.7: by its code a
// result is "not this way", or ends the search.
func TestMMSResults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		codes []string
		want  string
	}{
		{[]string{"0x80070005", "0xC00D000E", "0xC00D000F", "0xC00D0049"}, "MMSU:denied"},
		{[]string{"0x80070002", "0x80070003", "0xC00D001A"}, "MMSU:denied | MMSU:denied MMST:denied? HTTP:played"},
		{[]string{"0xC00D0012", "0xC00D00D1", "0x8000FFFF", "0x80070057", "0xDEADBEEF"}, "MMSU:rejected MMST:rejected? HTTP:played"},
	} {
		for _, code := range c.codes {
			compare(t, []struct{ name, yaml, want string }{{code, oldPlayer + "offer: {reply: {mms: " + code + "}}", c.want}})
		}
	}
	compare(t, []struct{ name, yaml, want string }{
		{"RTSP does not mind", "dialect: wmp11\nmoniker: mms\noffer: {reply: {mms: 0x80070005}}", "RTSPU:played"},
		{"a funnel may be refused first", oldPlayer + "offer: {rungs: [MMST, HTTP], reply: {mms: 0x80070005}}", "MMSU:denied | MMSU:rejected MMST:denied"},
		{"an mmsu URL", "dialect: wmp6\nmoniker: mmsu\noffer: {reply: {mms: 0xC00D0012}}", "MMSU:rejected"},
		{"no account", oldPlayer + "offer: {auth: {scheme: basic, user: u, password: p, client: none}}", "MMSU:denied"},
		{"the right account", oldPlayer + "offer: {auth: {scheme: basic, user: u, password: p}}", "MMSU:played"},
	})
}

// TestMMSDatagrams: what keeps header and media from the client. They are small,
// come to the port that the client named, and nothing was sent before them the
// other way.
func TestMMSDatagrams(t *testing.T) {
	t.Parallel()
	const starved, played = "MMSU:starved MMST:played", "MMSU:played"
	either := played + " | " + starved
	compare(t, []struct{ name, yaml, want string }{
		{"the client's own firewall", oldPlayer + "profile: client-default-deny", starved},
		{"address translation", oldPlayer + "profile: nat-masquerade", starved},
		{"with other ports", oldPlayer + "profile: nat-renumber", starved},
		{"the server's own firewall", oldPlayer + "profile: server-default-deny", "MMSU:blocked MMST:blocked? HTTP:blocked"},
		{"media just fits", oldPlayer + "profile: no-fragments\nlink: {mtu: 865}", played},
		{"media does not", oldPlayer + "profile: no-fragments\nlink: {mtu: 864}", starved},
		{"no link is too small for the header", oldPlayer + "profile: no-fragments\nlink: {mtu: 576}", starved},
		{"IPv6 has none such", oldPlayer + "profile: no-fragments\nlink: {mtu: 1280}\nfamily: ipv6", played},
		{"fragments that pass", oldPlayer + "link: {mtu: 576}", played},
		{"a port inside the range", oldPlayer + "profile: range-3000-3099\nclient: {ports: 3050}", played},
		{"a port outside", oldPlayer + "profile: range-3000-3099\nclient: {ports: 3100}", starved},
		{"ports on both sides", oldPlayer + "profile: range-3000-3099\nclient: {ports: 3099-3100}", either},
		{"one port is enough", oldPlayer + "client: {ports: 7000}", played},
		{"the usual ports against a narrow range", oldPlayer + "profile: range-3000-3099", either},
		{"the server's port is not settled", oldPlayer + "profile: no-mms-udp-out", either},
		{"nor where only that one passes", oldPlayer + "profile: {rules: [{action: accept, from: server, proto: udp, sport: 1755}, {action: drop, from: server, proto: udp}]}", either},
		{"5004 is none of MMS's", oldPlayer + "profile: no-rtp", played},
		{"a server that has moved", "dialect: wmp6\nmoniker: mmsu\nport: 8755\noffer: {ports: {mms: 8755}}\nprofile: {rules: [{action: drop, from: server, proto: udp, sport: 8755}]}", "MMSU:played | MMSU:starved"},
		{"cut in mid-play", oldPlayer + "then: [{when: playing, profile: no-client-range}]", "MMSU:played | MMSU:played MMSU:starved"},
		{"control cut in mid-play", oldPlayer + "then: [{when: playing, profile: mms-reset}]", "MMSU:played | MMSU:played MMSU:refused"},
		{"control gone after the header starved", oldPlayer + "profile: no-client-range\nthen: [{when: starved, profile: no-mms}]", "MMSU:starved MMST:blocked HTTP:played | MMSU:starved MMST:broken HTTP:played"},
		{"loss", oldPlayer + "profile: client-range-loss-every-3", played},
	})
	for _, c := range []struct{ yaml, leg, trigger string }{
		{oldPlayer + closeUDP, LegData, TriggerHeader},
		{oldPlayer + "profile: no-fragments\nlink: {mtu: 700}", LegData, TriggerPlay},
		{oldPlayer + "profile: no-mms", LegControl, TriggerSYN},
		{oldPlayer + "offer: {rungs: [MMST]}", "", TriggerRefusal},
	} {
		first := Predict(scenario(t, c.yaml), ClientRow{}, Brisk).Sequences[0][0]
		if first.Leg != c.leg || first.Window.Trigger != c.trigger {
			t.Errorf("%s\n%s is decided by leg %q and waits from %q, want %q and %q", c.yaml, first, first.Leg, first.Window.Trigger, c.leg, c.trigger)
		}
	}
}

// TestHeaderTimer is the row of rollover.md B.5: each wait for the header takes
// from 1 s to 30 s whatever the timing, and there are four or five. For media
// behind a header that came there is no timer in the sources.
func TestHeaderTimer(t *testing.T) {
	t.Parallel()
	for _, timing := range []Timing{Brisk, Standard} {
		w := Predict(scenario(t, oldPlayer+closeUDP), ClientRow{}, timing).Sequences[0][0].Window
		if want := (Window{Trigger: TriggerHeader, Min: 4*time.Second - clockTolerance, Max: 150*time.Second + timing.Slack}); w != want {
			t.Errorf("%s: no header: %+v, want %+v", timing.Name, w, want)
		}
		w = Predict(scenario(t, oldPlayer+"profile: no-fragments\nlink: {mtu: 700}"), ClientRow{}, timing).Sequences[0][0].Window
		if !w.Advice || w.Min != 0 {
			t.Errorf("%s: no media: %+v", timing.Name, w)
		}
	}
}

// TestMMSPortsInAURL: which protocols may be found where, with a port in the
// URL (B.8). Explicit monikers take it, and general ones may.
func TestMMSPortsInAURL(t *testing.T) {
	t.Parallel()
	compare(t, []struct{ name, yaml, want string }{
		{"mmst at its port", "dialect: wmp6\nmoniker: mmst\nport: 8755\noffer: {ports: {mms: 8755}}", "MMST:played"},
		{"mmst where nobody is", "dialect: wmp6\nmoniker: mmst\nport: 8755", "MMST:refused"},
		{"mmsu at the web server's", "dialect: card\nmoniker: mmsu\nport: 80", "MMSU:broken"},
		{"an http URL at the port of MMS", "dialect: wmp6\nmoniker: http\nport: 1755", "HTTP:broken"},
		{"mms at the default port, said aloud", oldPlayer + "port: 1755", "MMSU:played"},
		{"which HTTP may knock at too", oldPlayer + "port: 1755\noffer: {rungs: [MMSU, HTTP]}\n" + closeUDP, "MMSU:starved MMST:rejected HTTP:played | MMSU:starved MMST:rejected HTTP:broken"},
		{"three protocols at one port", "dialect: wmf\nmoniker: mms\nport: 8000\noffer: {wms: \"4.1\", ports: {mms: 8000, http: 8000}}",
			"RTSPU:broken RTSPT:broken? MMSU:played | RTSPU:refused RTSPT:refused? MMSU:played | " +
				"RTSPU:broken RTSPT:broken? MMSU:refused MMST:refused? HTTP:played | RTSPU:refused RTSPT:refused? MMSU:refused MMST:refused? HTTP:played | " +
				"RTSPU:broken RTSPT:broken? MMSU:refused MMST:refused? HTTP:refused | RTSPU:refused RTSPT:refused? MMSU:refused MMST:refused? HTTP:refused"},
	})
}

// TestMMSFeedbackChangesNothing: requests for lost packets only degrade
// (RO-FW-03), on every ladder that has MMS.
func TestMMSFeedbackChangesNothing(t *testing.T) {
	t.Parallel()
	for _, c := range combinations(t) {
		if !slices.ContainsFunc(newOracle(c.Scenario, ClientRow{}, Brisk).ladder, func(st step) bool { return st.rung.Control() == ServiceMMS }) {
			continue
		}
		c.Profile = closedPath(0).profile()
		open := Predict(c.Scenario, ClientRow{}, Brisk).String()
		for _, name := range []string{"no-mms-resend", "no-mms-resend-reset"} {
			p, err := ProfileNamed(name)
			if err != nil {
				t.Fatal(err)
			}
			c.Profile = p
			if got := Predict(c.Scenario, ClientRow{}, Brisk).String(); got != open {
				t.Errorf("%s %s://: %s changes %s to %s", c.Dialect, c.Moniker, name, open, got)
			}
		}
	}
}

// TestNoMMSForReaders: no client of RTSP ever plays MMS from a server that has
// RTSP, whatever the path and the offer.
func TestNoMMSForReaders(t *testing.T) {
	t.Parallel()
	for _, c := range combinations(t) {
		if !c.Dialect.has(traitRTSPReader) || c.Offer.WMS == "4.1" {
			continue
		}
		for closed := range everyPath {
			c.Profile = closed.profile()
			for _, final := range Predict(c.Scenario, ClientRow{}, Brisk).Finals() {
				if r := Rung(final); r == MMSU || r == MMST {
					t.Fatalf("%s %s:// of WMS %s plays %s", c.Dialect, c.Moniker, c.Offer.WMS, final)
				}
			}
		}
	}
}

// TestAnotherOrder: a client's own ladder replaces the dialect's (VLC asks for
// MMST first).
func TestAnotherOrder(t *testing.T) {
	t.Parallel()
	vlc := ClientRow{Ladders: map[string]Ladder{"mms": {MMST, MMSU, HTTP}}}
	for yaml, want := range map[string]string{
		"":                             "MMST:played",
		"offer: {rungs: [MMSU, HTTP]}": "MMST:rejected MMSU:played",
		closeUDP + "offer: {rungs: [MMSU, HTTP]}":    "MMST:rejected MMSU:starved HTTP:played",
		"profile: no-mms":                            "MMST:blocked MMSU:blocked? HTTP:played",
		"profile: no-mms\nlimits: [TCP]":             "MMST:skipped MMSU:blocked HTTP:played",
		"offer: {rungs: [HTTP], wms: \"9.5\"}":       "MMST:refused MMSU:refused? HTTP:played",
		"offer: {reply: {connect: mute}, http: off}": "MMST:broken MMSU:broken? HTTP:refused",
	} {
		if got := Predict(scenario(t, oldPlayer+yaml), vlc, Brisk).String(); got != want {
			t.Errorf("%s: %s, want %s", yaml, got, want)
		}
	}
}

func TestPortsOfTheRow(t *testing.T) {
	t.Parallel()
	row := ClientRow{Ports: firewall.Ports{{Lo: 7000, Hi: 7000}}}
	for yaml, want := range map[string]string{
		"profile: no-client-range":                               "MMSU:played",
		"profile: only-client-range":                             "MMSU:starved MMST:played",
		"profile: only-client-range\nclient: {ports: 1024-5000}": "MMSU:played",
	} {
		if got := Predict(scenario(t, "dialect: wmp6\nmoniker: mms\n"+yaml), row, Brisk).String(); got != want {
			t.Errorf("%s: %s, want %s", yaml, got, want)
		}
	}
}
