package target

import (
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func scenario(t testing.TB, yaml string) rollover.Scenario {
	t.Helper()
	all, err := rollover.LoadScenarios("test.yaml", []byte("- id: t\n  "+strings.ReplaceAll(yaml, "\n", "\n  ")+"\n"))
	if err != nil {
		t.Fatalf("%s\n%v", yaml, err)
	}
	return all[0]
}

func reference(t testing.TB) Target {
	t.Helper()
	r, ok, err := Embedded(Reference)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	return r
}

// TestTheWholeCatalogueApplies to both built-in rows.
func TestTheWholeCatalogueApplies(t *testing.T) {
	t.Parallel()
	all, err := rollover.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names() {
		row, _, err := Embedded(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			if ok, reason := Applicable(row, s); !ok {
				t.Errorf("%s: %s does not apply: %s", name, s.ID, reason)
			}
		}
	}
}

func TestComesLater(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"dialect: wmp11\nmoniker: rtsp":                                                   "",
		"dialect: mf\nmoniker: mms":                                                       "",
		"dialect: wmp9\nmoniker: mms\noffer: {rungs: [RTSPU, HTTP]}":                      "", // its knocks on 1755 may be missing
		"dialect: wmf\nmoniker: mms\noffer: {rungs: [RTSPU, HTTP]}":                       "", // nothing takes it down to MMS
		"dialect: wmf\nmoniker: mms\nprofile: no-rtsp\noffer: {rungs: [RTSPU, HTTP]}":     "",
		"dialect: wmf\nmoniker: rtsp\nprofile: no-rtsp":                                   "",
		"dialect: card\nmoniker: mms":                                                     "",
		"dialect: card\nmoniker: http":                                                    "",
		"dialect: wmsproxy\nmoniker: rtsp":                                                "",
		"dialect: wmp6\nmoniker: http":                                                    "",
		"dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [RTSPM]}":                          "serving rung RTSPM to clients of wmp11",
		"dialect: modern\nmoniker: rtsp":                                                  "",
		"dialect: modern\nmoniker: rtsps":                                                 "",
		"dialect: modern\nmoniker: rtsp\noffer: {rungs: [RTSPT, MMST]}":                   "serving rung MMST to clients of modern",
		"dialect: modern\nmoniker: rtsp\ntopology: multicast":                             "topology multicast",
		"dialect: wmp11\nmoniker: mms\noffer: {wms: \"4.1\"}":                             "",
		"dialect: wmp9\nmoniker: mms\noffer: {wms: \"4.1\"}":                              "",
		"dialect: mf\nmoniker: http\noffer: {rungs: [HTTPD]}":                             "",
		"dialect: mf\nmoniker: http\noffer: {rungs: [HTTP, HTTPD]}":                       "",
		"dialect: wmp11\nmoniker: rtsp\ntopology: multicast":                              "topology multicast",
		"dialect: wmp11\nmoniker: rtsp\nclient: {count: 2}":                               "",
		"dialect: wmp11\nmoniker: rtsp\nclient: {count: 2, mix: [{}, {dialect: modern}]}": "clients of wmp11 beside clients of modern",
		"dialect: wmp11\nmoniker: rtsp\nclient: {starts: 2}":                              "",
		"dialect: wmp11\nmoniker: rtsp\nclient: {abort: 50}":                              "",
		"dialect: wmp11\nmoniker: rtsp\nthen: [{when: playing, do: stop}]":                "",
		"dialect: wmp11\nmoniker: rtsp\nthen: [{when: played, do: seek}]":                 "do: seek",
		"dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 302}}":                      "",
		"dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 404}}":                      "",
	} {
		ok, reason := Applicable(reference(t), scenario(t, yaml))
		if ok != (want == "") || !strings.Contains(reason, want) {
			t.Errorf("%s: %v, %q; want %q", strings.ReplaceAll(yaml, "\n", ", "), ok, reason, want)
		}
	}
}

func TestClaimsAndOffers(t *testing.T) {
	t.Parallel()
	server, err := Load("example.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	for yaml, want := range map[string]string{
		"dialect: wmp11\nmoniker: rtsp":                                                       "",
		"dialect: card\nmoniker: rtsp":                                                        "dialect card is not claimed (wmp9 wmp11)",
		"dialect: wmp11\nmoniker: rtsp\noffer: {wms: \"9.5\"}":                                "server version 9.5 is not claimed",
		"dialect: wmp11\nmoniker: rtsp\noffer: {fastCache: true}":                             "Fast Cache is not claimed",
		"dialect: wmp11\nmoniker: rtsp\nfamily: ipv6":                                         "",
		"dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [RTSPT, HTTP]}":                        "",
		"dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [HTTP, RTSPT]}":                        "",
		"dialect: wmp11\nmoniker: rtsp\noffer: {http: impostor}":                              "",
		"dialect: wmp11\nmoniker: rtsp\noffer: {http: off}":                                   "no entry under offers serves exactly [RTSPU RTSPT] with http off",
		"dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [RTSPU]}":                              "no entry under offers",
		"dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 453}}":                          "refuse",
		"dialect: wmp11\nmoniker: rtsp\noffer: {content: live}":                               "live content",
		"dialect: wmp11\nmoniker: rtsp\noffer: {ports: {rtsp: 8554}}":                         "serves rtsp on port 554, and the scenario wants 8554",
		"dialect: wmp11\nmoniker: rtsp\noffer: {auth: {scheme: basic, user: u, password: p}}": "",
		"dialect: wmp11\nmoniker: rtsp\noffer: {auth: {scheme: basic, user: x, password: p}}": "the scenario's account",
		"dialect: wmp11\nmoniker: mms\nthen: [{when: playing, profile: closed}]":              "",
	} {
		ok, reason := Applicable(server, scenario(t, yaml))
		if ok != (want == "") || !strings.Contains(reason, want) {
			t.Errorf("%s: %v, %q; want %q", strings.ReplaceAll(yaml, "\n", ", "), ok, reason, want)
		}
	}
	noUDP := scenario(t, "dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [RTSPT, HTTP]}")
	exec, env := server.Command(noUDP)
	if strings.Join(exec, " ") != "./streamer --no-udp --root {{.Clip.Dir}}" || env["LOG"] != "debug" || env["MODE"] != "tcp" {
		t.Errorf("command %q, environment %v", exec, env)
	}
	if means := server.Means(noUDP); !strings.HasSuffix(means, "started by entry 1 under offers: ./streamer --no-udp --root {{.Clip.Dir}}") {
		t.Error(means)
	}
	if means := server.Means(scenario(t, "dialect: wmp11\nmoniker: rtsp")); means != "RTSPU RTSPT HTTP of dialect wmp11 are claimed; started as usual" {
		t.Error(means)
	}
	exec, _ = server.Command(scenario(t, "dialect: wmp11\nmoniker: rtsp"))
	if strings.Join(exec, " ") != "./streamer --root {{.Clip.Dir}}" {
		t.Errorf("command %q", exec)
	}
}

// Of several clients each must be within the claims, and together no more than
// the server claims to serve at once.
func TestClaimsOfSeveralClients(t *testing.T) {
	t.Parallel()
	server, err := Load("example.yaml", []byte(strings.Replace(example, "seek: true", "seek: true, clients: 10", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for yaml, want := range map[string]string{
		"client: {count: 10}":                            "",
		"client: {count: 11}":                            "11 clients at once are not claimed (10)",
		"client: {count: 2, mix: [{}, {limits: [UDP]}]}": "",
		"offer: {rungs: [RTSPU, RTSPT, HTTP]}\nclient: {count: 2, mix: [{}, {dialect: wmp6, moniker: mms}]}": "dialect wmp6 is not claimed",
		"offer: {rungs: [RTSPU, RTSPT, HTTP, MMSU]}\nclient: {count: 2, mix: [{}, {dialect: wmp9}]}":         "rung MMSU takes part in it",
	} {
		ok, reason := Applicable(server, scenario(t, "dialect: wmp11\nmoniker: rtsp\n"+yaml))
		if ok != (want == "") || !strings.Contains(reason, want) {
			t.Errorf("%s: %v, %q; want %q", yaml, ok, reason, want)
		}
	}
}

// Copies of a program listen on the same ports, which is well as long as each has
// an address of its own.
func TestSeveralCopiesOfAClient(t *testing.T) {
	t.Parallel()
	player, err := Load("player.yaml", []byte("vendor: v\nproduct: p\nrole: client\n"+
		"claims: {dialects: [wmp11], wms: [\"9.1\"], rungs: [RTSPU, RTSPT, HTTP]}\nstart: {exec: [play, \"{{.URL}}\"]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for yaml, want := range map[string]string{
		"client: {count: 3}":                          "",
		"profile: nat-masquerade":                     "",
		"profile: nat-masquerade\nclient: {count: 3}": "behind one address",
	} {
		ok, reason := Applicable(player, scenario(t, "dialect: wmp11\nmoniker: rtspu\n"+yaml))
		if ok != (want == "") || !strings.Contains(reason, want) {
			t.Errorf("%s: %v, %q; want %q", yaml, ok, reason, want)
		}
	}
}

// TestRungsBesideTheLadder: what the client never asks for may be served.
func TestRungsBesideTheLadder(t *testing.T) {
	t.Parallel()
	text := strings.Replace(example, "rungs: [RTSPU, RTSPT, HTTP]", "rungs: [RTSPU, RTSPT, MMSU, MMST, HTTP]", 1)
	server, err := Load("example.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for yaml, want := range map[string]bool{
		"dialect: wmp11\nmoniker: rtsp":                                     true,
		"dialect: wmp11\nmoniker: rtspu":                                    true,
		"dialect: wmp9\nmoniker: mms\noffer: {rungs: [RTSPU, RTSPT, HTTP]}": false, // it knocks on 1755
		"dialect: wmp9\nmoniker: rtsp":                                      true,
		"dialect: wmp11\nmoniker: rtsp\noffer: {rungs: [RTSPT]}":            false,
	} {
		if ok, reason := Applicable(server, scenario(t, yaml)); ok != want {
			t.Errorf("%s: %v, %q", strings.ReplaceAll(yaml, "\n", ", "), ok, reason)
		}
	}
}

func TestClientClaims(t *testing.T) {
	t.Parallel()
	client, err := Load("c.yaml", []byte("vendor: v\nproduct: p\nrole: client\nclaims: {dialects: [wmp11], rungs: [RTSPU, RTSPT]}\nstart: {exec: [p]}\nladders: {rtsp: [RTSPU, RTSPM?, RTSPT]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for yaml, want := range map[string]string{
		"dialect: wmp11\nmoniker: rtsp":                                                                       "", // HTTP is offered too, and not asked for
		"dialect: wmp11\nmoniker: rtsp\noffer: {reply: {rtsp: 404}}":                                          "",
		"dialect: wmp11\nmoniker: http":                                                                       "HTTP takes part in it and is not claimed",
		"dialect: wmp11\nmoniker: rtspu":                                                                      "no ladder for rtspu://",
		"dialect: wmp11\nmoniker: rtsp\nfamily: ipv6":                                                         "IPv6",
		"dialect: wmp11\nmoniker: rtsp\nclient: {ports: 20000-20099}":                                         "UDP ports",
		"dialect: wmp11\nmoniker: rtsp\nclient: {agent: Nobody/1.0}":                                          "call itself Nobody/1.0",
		"dialect: wmp11\nmoniker: rtsp\noffer: {auth: {scheme: digest, user: u, password: p, client: right}}": "account",
		"dialect: wmp11\nmoniker: rtsp\noffer: {auth: {scheme: digest, user: u, password: p, client: none}}":  "",
	} {
		ok, reason := Applicable(client, scenario(t, yaml))
		if ok != (want == "") || !strings.Contains(reason, want) {
			t.Errorf("%s: %v, %q; want %q", strings.ReplaceAll(yaml, "\n", ", "), ok, reason, want)
		}
	}
}

// TestSwitchingOffTakesAWord: a command that says nothing of what is switched
// off leaves the client as it is.
func TestSwitchingOffTakesAWord(t *testing.T) {
	t.Parallel()
	head := "vendor: v\nproduct: p\nrole: client\nclaims: {dialects: [wmp11], rungs: [RTSPU, RTSPT, HTTP]}\nstart: {exec: [p, '{{.URL}}'"
	limited := scenario(t, "dialect: wmp11\nmoniker: rtsp\nlimits: [UDP]")
	for rest, want := range map[string]string{
		"]}":                         "no way is declared to switch UDP off",
		", '--off={{ .Off }}']}":     "",
		", '{{if .Off}}-x{{end}}']}": "",
		"], env: {OFF: '{{.Off}}'}}": "",
		", '{{.URL}}']}\nauth: {user: u, password: .Off}": "no way is declared to switch UDP off",
	} {
		client, err := Load("c.yaml", []byte(head+rest))
		if err != nil {
			t.Fatalf("%s: %v", rest, err)
		}
		if ok, reason := Applicable(client, limited); ok != (want == "") || !strings.Contains(reason, want) {
			t.Errorf("%s: %v, %q; want %q", rest, ok, reason, want)
		}
	}
}

// TestURLOfOneScheme: what is always rtsp:// plays no other moniker.
func TestURLOfOneScheme(t *testing.T) {
	t.Parallel()
	text := strings.Replace(example, "{{.Moniker}}://", "rtsp://", 1)
	server, err := Load("example.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if ok, reason := Applicable(server, scenario(t, "dialect: wmp11\nmoniker: rtsp")); !ok {
		t.Error(reason)
	}
	if ok, reason := Applicable(server, scenario(t, "dialect: wmp11\nmoniker: rtspt")); ok || !strings.Contains(reason, "always rtsp://") {
		t.Errorf("%v, %q", ok, reason)
	}
}

// TestUnreached: around a server that runs already not all can be arranged.
func TestUnreached(t *testing.T) {
	t.Parallel()
	head := "vendor: v\nproduct: p\nrole: server\nclaims: {dialects: [wmp11], rungs: [RTSPU, RTSPT, HTTP], ipv6: true}\nports: {http: 8080}\nattach: "
	const box, machine, both = "{pid: 1}", "{interface: eth1, address: 192.0.2.10/24}", "{interface: eth1, address: 192.0.2.10/24, address6: '2001:db8::1/64'}"
	for _, c := range []struct{ attach, yaml, want string }{
		{box, "dialect: wmp11\nmoniker: rtsp", ""},
		{machine, "dialect: wmp11\nmoniker: rtsp", ""},
		{box, "dialect: wmp11\nmoniker: rtsp\nfamily: ipv6", ""},
		{both, "dialect: wmp11\nmoniker: rtsp\nfamily: ipv6", ""},
		{machine, "dialect: wmp11\nmoniker: rtsp\nfamily: ipv6", "the machine behind eth1 has no address of family ipv6"},
		{box, "dialect: wmp11\nmoniker: rtsp\nprofile: {at: server, default: drop}", "the server's own host"},
		{machine, "dialect: wmp11\nmoniker: rtsp\nthen: [{when: playing, profile: {at: server, default: drop}}]", "the server's own host"},
		{box, "dialect: wmp11\nmoniker: rtsp\nlink: {mtu: 1200}", ""},
		{machine, "dialect: wmp11\nmoniker: rtsp\nlink: {mtu: 1200}", "cable"},
	} {
		got, err := Load("a.yaml", []byte(head+c.attach))
		if err != nil {
			t.Fatal(err)
		}
		s := scenario(t, c.yaml+"\noffer: {ports: {http: 8080}}")
		if ok, reason := Applicable(got, s); ok != (c.want == "") || !strings.Contains(reason, c.want) {
			t.Errorf("%s, %s: %v, %q; want %q", c.attach, strings.ReplaceAll(c.yaml, "\n", ", "), ok, reason, c.want)
		}
		if ready := got.ReadyWhen(); strings.Join(ready.Listen, " ") != "tcp/554 tcp/8080" || ready.Within != defaultWithin {
			t.Errorf("ready when %v within %v", ready.Listen, ready.Within)
		}
		if !got.Stays() {
			t.Error("it is taken for one that each trial starts anew")
		}
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	s := scenario(t, "dialect: wmp11\nmoniker: rtsp\noffer: {ports: {rtsp: 8554}}")
	if p := reference(t).PortOf(s, rollover.ServiceRTSP); p != 8554 {
		t.Errorf("the reference server goes to %d", p)
	}
	own := Target{Role: rollover.PartyServer, Start: &Start{}, Ports: map[rollover.Service]uint16{"rtp": 6970}}
	if own.PortOf(s, rollover.PortRTP) != 6970 || own.PortOf(s, rollover.ServiceHTTP) != 80 {
		t.Error("somebody else's server stays where it is")
	}
}
