package target

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

const example = `
vendor: Example
product: Example Streamer
version: "4.2"
role: server
claims: {dialects: [wmp9, wmp11], wms: ["9.1"], rungs: [RTSPU, RTSPT, HTTP], fastCache: false, ipv6: true, multicast: false, admin: [], seek: true}
start:
  exec: [./streamer, --root, "{{.Clip.Dir}}"]
  env: {LOG: debug}
  user: nobody
  ready: {listen: [tcp/554], within: 5s}
  fresh: scenario
offers:
  - {rungs: [RTSPT, HTTP], exec: [./streamer, --no-udp, --root, "{{.Clip.Dir}}"], env: {MODE: tcp}}
  - {rungs: [RTSPU, RTSPT], http: impostor, exec: [./streamer, --web]}
ports: {rtsp: 554, rtp: 5004, rtcp: 5005, mms: 1755, http: 80}
url: "{{.Moniker}}://{{.Host}}{{.Port}}/clip.asf"
auth: {user: u, password: p}
content: media
`

func TestLoad(t *testing.T) {
	t.Parallel()
	got, err := Load("targets/example.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	want := Target{
		Name: "example", Vendor: "Example", Product: "Example Streamer", Version: "4.2", Role: rollover.PartyServer,
		Claims: Claims{Dialects: []rollover.Dialect{rollover.WMP9, rollover.WMP11}, WMS: []string{"9.1"},
			Rungs: []rollover.Rung{rollover.RTSPU, rollover.RTSPT, rollover.HTTP}, IPv6: true, Seek: true},
		Start: &Start{Exec: []string{"./streamer", "--root", "{{.Clip.Dir}}"}, Env: map[string]string{"LOG": "debug"}, User: "nobody",
			Ready: Ready{Listen: []string{"tcp/554"}, Within: 5 * time.Second}, Fresh: FreshScenario},
		Offers: []Variant{
			{Rungs: []rollover.Rung{rollover.RTSPT, rollover.HTTP}, Exec: []string{"./streamer", "--no-udp", "--root", "{{.Clip.Dir}}"}, Env: map[string]string{"MODE": "tcp"}},
			{Rungs: []rollover.Rung{rollover.RTSPU, rollover.RTSPT}, HTTP: "impostor", Exec: []string{"./streamer", "--web"}},
		},
		Ports: map[rollover.Service]uint16{"rtsp": 554, "rtp": 5004, "rtcp": 5005, "mms": 1755, "http": 80},
		URL:   defaultURL, Auth: &Auth{User: "u", Password: "p"}, Content: ContentMedia,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestLoadClient(t *testing.T) {
	t.Parallel()
	got, err := Load("c.yaml", []byte(`
vendor: v
product: p
role: client
claims: {dialects: [wmp6], rungs: [MMST, MMSU, HTTP]}
start: {exec: [player, "{{.URL}}", "--off={{.Off}}"]}
ladders: {mms: [MMST, MMSU?, HTTP]}
timers: {firstData: 5s, connect: 20s}
punches: true
listens: 7000
packetPairs: false
`))
	if err != nil {
		t.Fatal(err)
	}
	want := rollover.ClientRow{Ladders: map[string]rollover.Ladder{"mms": {rollover.MMST, rollover.MMSU, rollover.HTTP}},
		Optional: map[string][]rollover.Rung{"mms": {rollover.MMSU}}, Connect: 20 * time.Second, Data: 5 * time.Second, Punches: true,
		Ports: firewall.Ports{{Lo: 7000, Hi: 7000}}, NoPairs: true}
	if row := got.ClientRow(); !reflect.DeepEqual(row, want) {
		t.Errorf("row %+v, want %+v", row, want)
	}
	if strings.Join(got.Claims.WMS, " ") != "9.1" {
		t.Errorf("default versions %v", got.Claims.WMS)
	}
}

func TestLadderNamesARungOnce(t *testing.T) {
	t.Parallel()
	_, err := Load("c.yaml", []byte("vendor: v\nproduct: p\nrole: client\nclaims: {dialects: [wmp11], rungs: [RTSPU]}\nstart: {exec: [p]}\nladders: {rtsp: [RTSPU, RTSPM, RTSPM?]}\n"))
	if err == nil || !strings.Contains(err.Error(), "6:17") || !strings.Contains(err.Error(), "RTSPM twice") {
		t.Errorf("%v", err)
	}
}

func TestAttach(t *testing.T) {
	t.Parallel()
	head := "vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [wmp11], rungs: [HTTP]}\nattach: "
	usual := Ready{Within: defaultWithin}
	for text, want := range map[string]Attach{
		"{netns: /run/netns/x}":                            {NetNS: "/run/netns/x", Ready: usual},
		"{pid: 1234}":                                      {PID: 1234, Ready: usual},
		"{interface: eth1, address: 192.0.2.10/24}":        {Interface: "eth1", Address: "192.0.2.10/24", Ready: usual},
		"{pid: 1, ready: {listen: [tcp/554], within: 3s}}": {PID: 1, Ready: Ready{Listen: []string{"tcp/554"}, Within: 3 * time.Second}},
		"{interface: e, address: 192.0.2.10/24, address6: '2001:db8:7::20/64'}": {Interface: "e", Address: "192.0.2.10/24", Address6: "2001:db8:7::20/64", Ready: usual},
	} {
		got, err := Load("a.yaml", []byte(head+text))
		if err != nil || !reflect.DeepEqual(*got.Attach, want) || got.BuiltIn() {
			t.Errorf("%s: %+v, %v", text, got.Attach, err)
		}
	}
}

// badEdits are mistakes in one place of the example.
var badEdits = []struct{ old, new, at, found, allowed string }{
	{"vendor: Example", "vendr: Example", "2:1", `unknown key "vendr"`, "vendor product"},
	{`version: "4.2"`, "version: 4.2", "4:10", "the number 4.2", "quotation marks"},
	{"role: server", "role: proxy", "5:7", `"proxy"`, "server client"},
	{"wmp9,", "wmp8,", "6:21", `"wmp8"`, "wmp6 wmp9"},
	{"RTSPU, RTSPT, HTTP]", "RTSPX, HTTP]", "6:57", `"RTSPX"`, "RTSPU RTSPT"},
	{"{{.Clip.Dir}}", "{{.Clip.Path}}", "8:30", "{{.Clip.Path}}", "{{.Clip.ASF}}"},
	{"{{.Clip.Dir}}", "{{.Clip.Dir", "8:30", "unclosed action", "{{.URL}}"},
	{"listen: [tcp/554]", "listen: [554/tcp]", "11:20", `"554/tcp"`, "tcp/PORT"},
	{"listen: [tcp/554]", "listen: [tcp/70000]", "11:20", `"tcp/70000"`, "tcp/PORT"},
	{"{listen: [tcp/554], within: 5s}", "{listen: [tcp/554], line: ready}", "11:10", "ready names 2 ways", "exactly one"},
	{"  ready: {listen: [tcp/554], within: 5s}\n", "", "8:3", "start.ready is missing", "listen"},
	{"fresh: scenario", "fresh: never", "12:10", `"never"`, "scenario campaign"},
	{"rtsp: 554", "rtsp: 70000", "16:15", "70000", "1 to 65535"},
	{"content: media", "content: any", "19:10", `"any"`, "clip media"},
	{"content: media", "ladders: {mms: [MMST]}", "19:10", "in a server's file", "client"},
	{"content: media", "attach: {pid: 1}", "19:9", "attach beside start", "one of the two"},
	{`"{{.Moniker}}://{{.Host}}{{.Port}}/clip.asf"`, "rtsp://192.0.2.7{{.Port}}/x", "17:6", `"192.0.2.7", which is not in the lab`, "{{.Host}}"},
	{`"{{.Moniker}}://{{.Host}}{{.Port}}/clip.asf"`, "'{{.Moniker}}://{{.Host}}:port/x'", "17:6", "invalid port", "{{.Host}}"},
	{"LOG: debug", "LOG-X: debug", "9:9", `"LOG-X"`, "letters"},
}

// badFiles are files that are wrong as a whole, and what is said of each.
var badFiles = map[string]string{
	"":                        "declares no target",
	"[]":                      "found a list",
	"vendor: v\nproduct: p\n": `key "role" is missing`,
	"vendor: v\nproduct: p\nrole: client\nclaims: {dialects: [], rungs: []}\n":                             "neither start nor attach",
	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {pid: 1, netns: x}\n": "attach names 2 places",
	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {interface: e}\n":     "attach.address is missing",

	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {pid: 1, address6: '2001:db8::1/64'}\n":                               "address6 without interface",
	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {interface: e, address: 192.0.2.10/30}\n":                             "has no room",
	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {interface: e, address: 192.0.2.10/24, address6: 192.0.2.11/24}\n":    "address6: found",
	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {interface: e, address: 192.0.2.10/24, ready: {listen: [tcp/554]}}\n": "ready with interface",
	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {pid: 1, ready: {line: x}}\n":                                         "no list of ports",
	"vendor: v\nproduct: p\nrole: client\nclaims: {dialects: [], rungs: []}\nattach: {pid: 1}\n":                                                           "attach in a client's file",
	"vendor: v\nproduct: p\nrole: client\nclaims: {dialects: [], rungs: []}\nstart: {exec: [p], fresh: campaign}\n":                                        "campaign in a client's file",
	"vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [], rungs: []}\nattach: {pid: 1}\noffers: [{rungs: [], exec: [a]}]\n":                         "offers without start",
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	for _, c := range badEdits {
		text := strings.Replace(example, c.old, c.new, 1)
		if text == example {
			t.Fatalf("%q is not in the example", c.old)
		}
		_, err := Load("t.yaml", []byte(text))
		if err == nil {
			t.Errorf("%s: no error", c.new)
			continue
		}
		for _, want := range []string{"t.yaml:" + c.at + ":", c.found, c.allowed} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: lacks %q:\n%v", c.new, want, err)
			}
		}
	}
	for text, want := range badFiles {
		if _, err := Load("t.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// TestKnownProgramsLoad: the rows that other folders of the project keep are
// target files too.
func TestKnownProgramsLoad(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../fixtures/external/targets/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Load(name, data); err != nil {
			t.Error(err)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	v := Values{Clip: ClipValues{Dir: "/clips", ASF: "/clips/clip.asf", Name: "clip.asf"}, Host: "[2001:db8::1]", Moniker: "rtspt",
		Port: ":8554", URL: "rtspt://[2001:db8::1]:8554/clip.asf", Off: "UDP,HTTP", Dir: "/tmp/x"}
	got, err := ExpandAll([]string{"p", "{{.URL}}", `{{if eq .Moniker "http"}}--http{{end}}`, "--off={{.Off}}", "{{.Clip.ASF}}", "{{.Moniker}}://{{.Host}}{{.Port}}"}, v)
	want := []string{"p", v.URL, "--off=UDP,HTTP", "/clips/clip.asf", "rtspt://[2001:db8::1]:8554"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := Expand("{{.Nope}}", v); err == nil {
		t.Error("an unknown name: no error")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(example))
	f.Fuzz(func(t *testing.T, data []byte) {
		target, err := Load("fuzz.yaml", data)
		if err == nil && target.Role == "" {
			t.Error("a target without a role")
		}
	})
}
