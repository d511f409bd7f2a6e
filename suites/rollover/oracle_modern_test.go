package rollover

import (
	"slices"
	"strings"
	"testing"
)

// What the modern ladder becomes, by what is offered and what passes.
func TestOracleModern(t *testing.T) {
	t.Parallel()
	const (
		blocked = "RTSPU:blocked RTSPM:blocked? RTSPT:blocked?"
		starved = "RTSPU:starved RTSPM:starved?"
	)
	for yaml, want := range map[string]string{
		"moniker: rtsp": "RTSPU:played",
		"moniker: rtsp\nprofile: no-udp-to-client":                                                               starved + " RTSPT:played",
		"moniker: rtsp\nprofile: no-udp-to-client\noffer: {rungs: [RTSPU, RTSPT]}":                               "RTSPU:starved RTSPM:rejected? RTSPT:played",
		"moniker: rtsp\nprofile: no-udp-to-client\noffer: {rungs: [RTSPU]}":                                      "RTSPU:starved RTSPM:rejected? RTSPT:rejected RTSPH:refused?",
		"moniker: rtsp\nprofile: no-rtsp":                                                                        blocked + " RTSPH:played | " + blocked,
		"moniker: rtspu\nprofile: no-udp-to-client":                                                              "RTSPU:starved",
		"moniker: rtsp\ntopology: multicast":                                                                     "RTSPU:played",
		"moniker: rtsp\ntopology: multicast\noffer: {rungs: [RTSPM, RTSPT]}":                                     "RTSPU:rejected RTSPM:played | RTSPU:rejected RTSPT:played",
		"moniker: rtsp\ntopology: multicast\nprofile: no-udp-to-client":                                          starved + " RTSPT:played",
		"moniker: rtsp\nlimits: [MULTICAST]\nprofile: no-udp-to-client":                                          "RTSPU:starved RTSPM:skipped RTSPT:played",
		"moniker: rtsp\nlimits: [RTSP]":                                                                          "RTSPU:skipped RTSPM:skipped RTSPT:skipped RTSPH:skipped",
		"moniker: rtsph\noffer: {http: impostor}":                                                                "RTSPH:broken",
		"moniker: rtsph\noffer: {rungs: [RTSPU, RTSPT]}":                                                         "RTSPH:refused",
		"moniker: rtsph\noffer: {reply: {http: 405}}":                                                            "RTSPH:rejected",
		"moniker: rtsph\noffer: {reply: {http: 404}}":                                                            "RTSPH:denied",
		"moniker: rtsph\noffer: {reply: {rtsp: 453}}":                                                            "RTSPH:played",
		"moniker: rtsph\nport: 554":                                                                              "RTSPH:played | RTSPH:broken", // not every server has it there
		"moniker: rtsps":                                                                                         "RTSPS:played",
		"moniker: rtsps\noffer: {rungs: [RTSPT]}":                                                                "RTSPS:refused",
		"moniker: rtsps\noffer: {reply: {connect: mute}}":                                                        "RTSPS:broken",
		"moniker: rtsps\noffer: {reply: {rtsp: 403}}":                                                            "RTSPS:played",
		"moniker: rtsps\noffer: {auth: {scheme: basic, user: u, password: p, client: wrong}}":                    "RTSPS:broken",
		"moniker: rtsp\noffer: {auth: {scheme: digest, user: u, password: p}}\nprofile: no-udp-to-client":        starved + " RTSPT:played",
		"moniker: rtsp\nclient: {ports: 3000-3003}\nprofile: {rules: [{action: drop, proto: udp, dport: 3001}]}": "RTSPU:played",
		"moniker: rtsp\nclient: {ports: 3000-3003}\nprofile: {rules: [{action: drop, proto: udp, dport: 3000}]}": "RTSPU:played | " + starved + " RTSPT:played",
		"moniker: rtsp\nprofile: no-rtp":                                                                         "RTSPU:played | " + starved + " RTSPT:played", // the second stream's port is open
		"moniker: rtsp\nprofile: no-fragments\nlink: {mtu: 1000}":                                                "RTSPU:played | " + starved + " RTSPT:played", // sound and parameters fit
		"moniker: rtsp\nprofile: no-fragments\nlink: {mtu: 1300}":                                                "RTSPU:played",
		"moniker: rtsp\nport: 8554\noffer: {ports: {rtsp: 8554}}":                                                "RTSPU:played | RTSPU:refused RTSPM:refused? RTSPT:refused? RTSPH:broken? | RTSPU:refused RTSPM:refused? RTSPT:refused? RTSPH:played | RTSPU:refused RTSPM:refused? RTSPT:refused?",
	} {
		all, err := LoadScenarios("test.yaml", []byte("- id: t\n  dialect: modern\n  "+strings.ReplaceAll(yaml, "\n", "\n  ")+"\n"))
		if err != nil {
			t.Fatalf("%s\n%v", yaml, err)
		}
		sequences, err := ParseSequences(want)
		if err != nil {
			t.Fatal(err)
		}
		if got := Predict(all[0], ClientRow{}, Brisk); !sameSequences(got, sequences) {
			t.Errorf("%s:\n     %s\nwant %s", strings.ReplaceAll(yaml, "\n", ", "), got, want)
		}
	}
}

// Nobody says how long a player of today waits for media: it is told, and judged
// by its own word only.
func TestModernWaits(t *testing.T) {
	t.Parallel()
	all, err := LoadScenarios("test.yaml", []byte("- {id: t, dialect: modern, moniker: rtsp, profile: no-udp-to-client}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range Predict(all[0], ClientRow{}, Brisk).Sequences[0][:2] {
		if !st.Window.Advice || st.Window.Trigger != TriggerPlay {
			t.Errorf("%s: %+v", st, st.Window)
		}
	}
	own := Predict(all[0], ClientRow{Data: 5e9}, Brisk).Sequences[0][0]
	if own.Window.Advice || own.Window.Max < 5e9 || own.Window.Max > 10e9 {
		t.Errorf("its own word: %+v", own.Window)
	}
}

// A stream that finds no way thins what plays, and the judge must know.
func TestModernPartlyOpen(t *testing.T) {
	t.Parallel()
	all := loadCatalogue(t)
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.ID == "modern/partial/one-stream" })
	played := Predict(all[i], ClientRow{}, Brisk).Sequences[0][0]
	if played.Outcome != Played || !played.Lossy {
		t.Errorf("%+v", played)
	}
}
