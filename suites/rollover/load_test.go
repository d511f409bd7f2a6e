package rollover

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// TestSmallestScenario: what is left out has the values of contract.md.
func TestSmallestScenario(t *testing.T) {
	t.Parallel()
	all, err := LoadScenarios("f.yaml", []byte("- id: a\n  dialect: wmp11\n  moniker: rtsp\n"))
	if err != nil {
		t.Fatal(err)
	}
	open, err := ProfileNamed("open")
	if err != nil {
		t.Fatal(err)
	}
	want := []Scenario{{
		ID: "a", Level: Extended, Dialect: WMP11, Moniker: "rtsp",
		Offer:  Offer{WMS: "9.1", Rungs: []Rung{RTSPU, RTSPT, HTTP}, HTTP: "wmsp", Content: "vod"},
		Family: IPv4, Profile: open, Client: ClientSetup{Count: 1, Starts: 1}, Topology: "routed",
		Source: Source{File: "f.yaml", Line: 1},
	}}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("got %+v\nwant %+v", all, want)
	}
}

func TestEveryKey(t *testing.T) {
	t.Parallel()
	all, err := LoadScenarios("f.yaml", []byte(`
- id: a/b-1
  purpose: All of it.
  refs: [RO-ROLL-01, "MS-RTSP 3.1.6.1"]
  level: core
  labels: [group-x]
  dialect: wmf
  moniker: mms
  port: 8554
  limits: [UDP, MULTICAST]
  offer:
    wms: "9.0"
    rungs: [RTSPT, HTTP]
    http: wmsp
    fastCache: true
    content: live
    ports: {rtsp: 8554, rtp: 6970}
    reply: {rtsp: 453, mms: 0x80070005, http: 404, connect: mute}
    auth: {scheme: digest, user: u, password: "1", client: wrong}
  faults: [E-16, F-05]
  deviations: [D-07, D-50]
  family: ipv6
  timing: standard
  profile:
    name: own
    default: drop
    stateful: true
    at: server
    nat: masquerade
    rules:
      - {name: no rtp, action: drop, from: server, proto: udp, sport: 5004}
      - {action: reset, from: client, proto: tcp, dport: [80, 554, 1024-5000]}
      - {action: drop, from: server, proto: udp, dport: 1024-5000, every: 20}
      - {action: drop, from: client, proto: udp, fragments: true}
  link: {mtu: 1300, rate: 2mbit}
  client: {ports: [4000, 5000-5010], count: 20, starts: 2, abort: 50, agent: NSPlayer/12}
  topology: distribution
  place: inside
  then: [{when: playing, profile: closed}, {when: after 2s, do: seek}]
  linger: 1m30s
`))
	if err != nil {
		t.Fatal(err)
	}
	s := all[0]
	checks := map[string]bool{
		"refs":       len(s.Refs) == 2 && s.Refs[1] == "MS-RTSP 3.1.6.1",
		"level":      s.Level == Core && s.Timing == "standard" && s.Family == IPv6,
		"port":       s.Port == 8554,
		"limits":     reflect.DeepEqual(s.Limits, []Switch{SwitchUDP, SwitchMulticast}),
		"offer":      s.Offer.WMS == "9.0" && s.Offer.FastCache && s.Offer.Content == "live" && len(s.Offer.Rungs) == 2,
		"ports":      s.Offer.PortOf(ServiceRTSP) == 8554 && s.Offer.PortOf(PortRTP) == 6970 && s.Offer.PortOf(ServiceHTTP) == 80,
		"reply":      reflect.DeepEqual(s.Offer.Reply, map[string]string{"rtsp": "453", "mms": "0x80070005", "http": "404", "connect": "mute"}),
		"auth":       *s.Offer.Auth == Auth{Scheme: "digest", User: "u", Password: "1", Client: "wrong"},
		"profile":    s.Profile.Name == "own" && s.Profile.Default == firewall.Drop && s.Profile.At == firewall.AtServer && s.Profile.NAT == firewall.Masquerade,
		"rules":      len(s.Profile.Rules) == 4 && s.Profile.Rules[2].Every == 20 && s.Profile.Rules[3].Fragments,
		"rule dport": s.Profile.Rules[1].DPort.String() == "80,554,1024-5000",
		"deviations": reflect.DeepEqual(s.Deviations, []string{"D-07", "D-50"}),
		"link":       s.Link == Link{MTU: 1300, Rate: 2_000_000},
		"client":     s.Client.Ports.String() == "4000,5000-5010" && s.Client.Count == 20 && s.Client.Abort == 50,
		"topology":   s.Topology == "distribution" && s.Place == "inside",
		"then":       len(s.Then) == 2 && s.Then[0].Profile.Name == "closed" && s.Then[1].Do == "seek",
		"linger":     s.Linger == 90*time.Second,
	}
	for name, ok := range checks {
		if !ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
	back, err := LoadScenarios("f.yaml", MarshalScenario(s))
	if err != nil {
		t.Fatal(err)
	}
	back[0].Source = s.Source
	if !reflect.DeepEqual(back[0], s) {
		t.Errorf("came back as %+v\nwant %+v", back[0], s)
	}
}

func TestDefaultRungs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ yaml, rungs, http string }{
		{"dialect: wmp11\nmoniker: http", "RTSPU RTSPT HTTP", "wmsp"},
		{"dialect: wmp11\nmoniker: mms\noffer: {wms: \"4.1\"}", "HTTP", "wmsp"},
		{"dialect: wmp6\nmoniker: mms", "MMSU MMST HTTP", "wmsp"},
		{"dialect: wmp6\nmoniker: mms\noffer: {wms: \"9.5\"}", "HTTP", "wmsp"},
		{"dialect: wmp9\nmoniker: mms", "RTSPU RTSPT MMSU MMST HTTP", "wmsp"},
		{"dialect: wmp9\nmoniker: mms\noffer: {wms: \"9.5\"}", "RTSPU RTSPT HTTP", "wmsp"},
		{"dialect: wmp9\nmoniker: mmst", "RTSPU RTSPT MMSU MMST HTTP", "wmsp"},
		{"dialect: wmp9\nmoniker: rtsp", "RTSPU RTSPT HTTP", "wmsp"},
		{"dialect: wmf\nmoniker: mms", "RTSPU RTSPT MMSU MMST HTTP", "wmsp"},
		{"dialect: wmf\nmoniker: mms\noffer: {wms: \"4.1\"}", "MMSU MMST HTTP", "wmsp"},
		{"dialect: wmp6\nmoniker: mms", "MMSU MMST HTTP", "wmsp"},
		{"dialect: wmp6\nmoniker: http\noffer: {wms: \"9.5\"}", "HTTP", "wmsp"},
		{"dialect: wmp9\nmoniker: mms\noffer: {wms: \"4.1\"}", "MMSU MMST HTTP", "wmsp"},
		{"dialect: wmf\nmoniker: rtsp", "RTSPU RTSPT", "off"},
		{"dialect: mf\nmoniker: rtsp\noffer: {rungs: [RTSPU, HTTPD]}", "RTSPU HTTPD", "impostor"},
		{"dialect: wmf\nmoniker: rtsp\noffer: {http: wmsp}", "RTSPU RTSPT HTTP", "wmsp"},
		{"dialect: card\nmoniker: mms", "MMSU MMST HTTP", "wmsp"},
		{"dialect: card\nmoniker: mmst", "MMSU MMST HTTP", "wmsp"},
		{"dialect: mf\nmoniker: rtspu", "RTSPU RTSPT HTTP", "wmsp"},
		{"dialect: modern\nmoniker: rtsp", "RTSPU RTSPM RTSPT RTSPH", "off"},
		{"dialect: modern\nmoniker: rtsps", "RTSPS", "off"},
		{"dialect: modern\nmoniker: rtsp\noffer: {http: off}", "RTSPU RTSPM RTSPT", "off"},
		{"dialect: modern\nmoniker: rtsp\noffer: {http: impostor}", "RTSPU RTSPM RTSPT", "impostor"},
		{"dialect: modern\nmoniker: rtsp\noffer: {rungs: [RTSPT, RTSPH], http: off}", "RTSPT RTSPH", "off"},
		{"dialect: wmp11\nmoniker: rtsp\noffer: {http: off}", "RTSPU RTSPT", "off"},
		{"dialect: wmp11\nmoniker: rtsp\noffer: {http: impostor}", "RTSPU RTSPT", "impostor"},
		{"dialect: wmp11\nmoniker: rtsp\noffer: {rungs: []}", "", "off"},
		{"dialect: wmp11\nmoniker: rtsp\noffer: {wms: \"4.1\", rungs: [RTSPU]}", "", "off"},
		{"dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [RTSPU, HTTP], http: mute}", "RTSPU", "mute"},
	} {
		s := scenario(t, c.yaml)
		if got := joinWords(s.Offer.Rungs); got != c.rungs || s.Offer.HTTP != c.http {
			t.Errorf("%s: %s, http %s; want %s, http %s", c.yaml, got, s.Offer.HTTP, c.rungs, c.http)
		}
	}
}

// badHead is a sound beginning.
const badHead = "- id: a\n  dialect: wmp11\n  moniker: rtsp\n"

// badInput is one file for each mistake a person can make.
var badInput = []struct{ name, yaml, at, found, allowed string }{
	{"unknown key", badHead + "  profil: open\n", "4:3", `unknown key "profil"`, "id purpose refs"},
	{"unknown nested key", badHead + "  offer: {rung: []}\n", "4:11", `unknown key "rung" in offer`, "rungs http"},
	{"missing key", "- id: a\n  dialect: wmp11\n", "1:3", `key "moniker" is missing`, ""},
	{"no list", "id: a\n", "1:1", "found an object", "a list"},
	{"nothing", "", "", "no scenario", "a list"},
	{"an empty list", "[]\n", "1:1", "no scenario", "a list"},
	{"wrong type", badHead + "  port: high\n", "4:9", `found the text "high"`, "a number from 1 to 65535"},
	{"port 70000", badHead + "  port: 70000\n", "4:9", "the number 70000", "1 to 65535"},
	{"port in a rule", badHead + "  profile: {rules: [{action: drop, proto: udp, dport: 70000}]}\n", "4:55", "70000", "65535"},
	{"ports without proto", badHead + "  profile: {rules: [{action: drop, dport: 80}]}\n", "4:21", "proto", "udp"},
	{"port range backwards", badHead + "  client: {ports: 5000-1024}\n", "4:19", "5000-1024", "1024-5000"},
	{"unknown rung", badHead + "  offer: {rungs: [RTSPX]}\n", "4:19", `"RTSPX"`, "RTSPU RTSPT"},
	{"rung twice", badHead + "  offer: {rungs: [HTTP, HTTP]}\n", "4:25", `"HTTP" a second time`, ""},
	{"version as a number", badHead + "  offer: {wms: 9.1}\n", "4:16", "the number 9.1", "9.5, in quotation marks"},
	{"unknown dialect", "- id: a\n  dialect: wmp12\n  moniker: rtsp\n", "2:12", `"wmp12"`, "wmp11"},
	{"unknown moniker", "- id: a\n  dialect: wmp11\n  moniker: mmsu\n", "3:12", "knows no mmsu://", ""},
	{"a tunnel at somebody else's port", "- id: a\n  dialect: modern\n  moniker: rtsp\n  offer: {rungs: [RTSPH], http: mute}\n", "4:33", "a tunnel is among offer.rungs (RTSPH)", "the port to itself"},
	{"http off and among the rungs", badHead + "  offer: {rungs: [HTTP], http: off}\n", "4:32", "HTTP is among offer.rungs", "one of the two"},
	{"http on and not among them", badHead + "  offer: {rungs: [RTSPT], http: wmsp}\n", "4:33", "HTTP is not among", "off impostor mute"},
	{"unknown port name", badHead + "  offer: {ports: {ftp: 21}}\n", "4:19", `unknown port "ftp"`, "rtsp mms http"},
	{"one UDP port twice", badHead + "  offer: {ports: {rtp: 80, rtcp: 80}}\n", "4:34", "port 80 for rtp and for rtcp", ""},
	{"one port for TLS and for another", badHead + "  offer: {ports: {rtsps: 80, http: 80}}\n", "4:36", "port 80 for rtsps and for http", ""},
	{"status that is none", badHead + "  offer: {reply: {rtsp: 200}}\n", "4:25", "the number 200", "300 to 599"},
	{"unknown fault", badHead + "  faults: [E-99]\n", "4:12", `unknown fault "E-99"`, "E-01 to E-95"},
	{"unknown deviation", badHead + "  deviations: [D-00]\n", "4:16", `unknown deviation "D-00"`, "D-01 to D-99"},
	{"deviation twice", badHead + "  deviations: [D-01, D-01]\n", "4:22", "a second time", "each once"},
	{"unknown profile", badHead + "  profile: nope\n", "4:12", `unknown profile "nope"`, ""},
	{"unknown action", badHead + "  profile: {rules: [{action: eat}]}\n", "4:30", `"eat"`, ""},
	{"profile of a wrong type", badHead + "  profile: [open]\n", "4:12", "neither a name nor an object", "default"},
	{"fragments with a reset", badHead + "  profile: {rules: [{action: reset, fragments: true}]}\n", "4:30", "reset", "drop"},
	{"event without a deed", badHead + "  then: [{when: playing}]\n", "4:10", "does not say what happens", "profile, do"},
	{"event at no moment", badHead + "  then: [{when: later, do: seek}]\n", "4:17", `"later"`, "after 2s"},
	{"bad duration", badHead + "  linger: 5\n", "4:11", "the number 5", "2s"},
	{"bad rate", badHead + "  link: {rate: fast}\n", "4:16", `"fast"`, "2mbit"},
	{"small MTU for IPv6", badHead + "  family: ipv6\n  link: {mtu: 1200}\n", "5:9", "MTU of 1200", "1280"},
	{"place without a topology for it", badHead + "  place: inside\n", "4:10", "place without topology", ""},
	{"bad ID", "- id: A_b\n  dialect: wmp11\n  moniker: rtsp\n", "1:7", `id "A_b"`, "a-z"},
	{"ID that ends in a slash", "- id: a/\n  dialect: wmp11\n  moniker: rtsp\n", "1:7", `id "a/"`, "a-z"},
	{"ID twice", badHead + badHead, "4:3", `id "a" a second time (line 1)`, ""},
	{"ID inside another", badHead + strings.ReplaceAll(badHead, "id: a", "id: a/b"), "4:3", `lies inside "a"`, ""},
	{"ID around another", strings.ReplaceAll(badHead, "id: a", "id: a/b") + badHead, "4:3", `path prefix of "a/b"`, ""},
	{"expect that is no notation", badHead + "  expect: RTSPU\n", "4:11", "no colon", ""},
	{"expect that is wrong", badHead + "  expect: RTSPT:played\n", "4:11", "predicted is RTSPU:played", ""},
	{"key twice", badHead + "  port: 1\n  port: 2\n", "5:3", "port", ""},
	{"no YAML", "- id: [\n", "1:7", "not found", ""},
	{"two documents", badHead + "---\n" + badHead, "5:1", "second YAML document", ""},
}

// TestBadInput: every mistake names file, line and column, what was found and
// what is allowed.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range badInput {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := LoadScenarios("bad.yaml", []byte(c.yaml))
			if err == nil {
				t.Fatal("no error")
			}
			text := err.Error()
			if c.at != "" && !strings.HasPrefix(text, "bad.yaml:"+c.at+":") {
				t.Errorf("not at %s:\n%s", c.at, text)
			}
			for _, want := range []string{c.found, c.allowed} {
				if !strings.Contains(text, want) {
					t.Errorf("lacks %q:\n%s", want, text)
				}
			}
			if c.at != "" && !strings.HasSuffix(text, "^") {
				t.Errorf("shows no place:\n%s", text)
			}
		})
	}
}

// TestAllMistakesAtOnce: one look at the list mends the file.
func TestAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := LoadScenarios("bad.yaml", []byte("- id: a\n  dialect: x\n  moniker: rtsp\n  port: 0\n  level: low\n- dialect: wmp11\n"))
	if err == nil {
		t.Fatal("no error")
	}
	for _, place := range []string{"bad.yaml:2:12", "bad.yaml:4:9", "bad.yaml:5:10", "bad.yaml:6:3"} {
		if !strings.Contains(err.Error(), place) {
			t.Errorf("lacks %s:\n%s", place, err)
		}
	}
}

func asJSON(t testing.TB, s Scenario) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// FuzzScenarioYAML: no file makes the reader panic or hang, and what it
// accepts can be predicted, explained, written and read again.
func FuzzScenarioYAML(f *testing.F) {
	files, err := scenarioFiles.ReadDir("scenarios")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := scenarioFiles.ReadFile("scenarios/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("- &x {id: a, dialect: card, moniker: mms}\n- *x\n"))
	f.Add([]byte("- id: a\n  dialect: wmp9\n  moniker: mms\n  port: 8080\n  offer: {ports: {rtsp: 1}, reply: {rtsp: 302}}\n  then: [{when: after 1s, profile: closed}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := LoadScenarios("fuzz.yaml", data)
		if err != nil {
			if all != nil {
				t.Fatal("scenarios beside an error")
			}
			return
		}
		for _, s := range all {
			if Explain(s, ClientRow{}, Predict(s, ClientRow{}, Brisk)) == "" {
				t.Fatal("no explanation")
			}
			text := MarshalScenario(s)
			back, err := LoadScenarios("fuzz.yaml", text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if got, want := asJSON(t, back[0]), asJSON(t, s); got != want {
				t.Fatalf("came back as\n%s\nwant\n%s\n%s", got, want, text)
			}
		}
	})
}
