package suites_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// maker writes scenarios at random, as a person might who means no good: every
// one of them is valid, most make sense, and nobody has thought of them.
type maker struct {
	*rand.Rand
	b *strings.Builder
}

// scenarioAtRandom is the scenario of that ID, for ever the same.
func scenarioAtRandom(id string, seed, n uint64) string {
	m := maker{rand.New(rand.NewPCG(seed, n)), &strings.Builder{}}
	m.scenario(id)
	return m.b.String()
}

func (m maker) chance(percent int) bool { return m.IntN(100) < percent }

// of picks one; what stands there twice is picked twice as often.
func (m maker) of(choices ...string) string { return choices[m.IntN(len(choices))] }

// some takes each with that chance.
func (m maker) some(percent int, from ...string) []string {
	var out []string
	for _, s := range from {
		if m.chance(percent) {
			out = append(out, s)
		}
	}
	return out
}

func (m maker) line(format string, args ...any) { fmt.Fprintf(m.b, format+"\n", args...) }

func inBrackets(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

// askedFor are the monikers of ladder R in each dialect.
var askedFor = map[string][]string{
	"wmp9":     {"rtsp", "rtsp", "rtspu", "rtspt", "http"},
	"wmp11":    {"rtsp", "mms", "mms", "rtspu", "rtspt", "http"},
	"wmf":      {"rtsp", "rtsp", "rtspu", "rtspt", "http"},
	"mf":       {"rtsp", "mms", "mms", "rtspu", "rtspt", "http", "httpd"},
	"card":     {"rtsp", "rtsp", "rtspu", "rtspt", "http"},
	"wmsproxy": {"rtsp", "mms"},
}

func (m maker) scenario(id string) {
	dialect := m.of("wmp9", "wmp11", "wmp11", "wmf", "mf", "mf", "card", "card", "wmsproxy")
	m.line("- id: %s\n  dialect: %s\n  moniker: %s", id, dialect, m.of(askedFor[dialect]...))
	if m.chance(12) {
		m.line("  port: %s", m.of("554", "80", "8554", "8080", "9000"))
	}
	if off := m.some(35, "UDP", "TCP", "HTTP", "MULTICAST", "RTSP", "DOWNLOAD"); m.chance(20) {
		m.line("  limits: %s", inBrackets(off))
	}
	m.offer()
	v6 := m.chance(35)
	if v6 {
		m.line("  family: ipv6")
	}
	if m.chance(75) {
		m.line("  profile:")
		m.profile("    ")
	}
	if m.chance(12) {
		m.link(v6)
	}
	if m.chance(15) {
		m.line("  client: {ports: %s}", m.of("1024-5000", "3000-3099", "40000-40010", "5001-6000", "1024-1027", "4998-5003", "[2000-2010, 30000-30010]"))
	}
	if m.chance(15) {
		m.then()
	}
}

func (m maker) offer() {
	var o []string
	add := func(chance int, format string, args ...any) {
		if m.chance(chance) {
			o = append(o, fmt.Sprintf(format, args...))
		}
	}
	add(30, "wms: %q", m.of("4.1", "9.0", "9.1", "9.5"))
	http := []string{"wmsp", "off", "impostor", "mute"}
	if m.chance(30) {
		rungs := m.some(55, "RTSPU", "RTSPT", "HTTP")
		http = []string{"off", "impostor", "mute"}
		switch {
		case m.chance(10):
			rungs, http = append(rungs, "HTTPD"), []string{"impostor", "mute"}
		case len(rungs) > 0 && rungs[len(rungs)-1] == "HTTP":
			http = []string{"wmsp", "impostor", "mute"}
		}
		add(100, "rungs: %s", inBrackets(rungs))
	}
	add(20, "http: %s", m.of(http...))
	add(25, "fastCache: true")
	add(10, "content: live")
	if ports := m.some(50, "rtsp: "+m.of("8554", "9000"), "http: "+m.of("8080", "8000"), "rtp: "+m.of("6004", "40004"), "rtcp: "+m.of("6005", "40005")); m.chance(15) && len(ports) > 0 {
		add(100, "ports: {%s}", strings.Join(ports, ", "))
	}
	rtsp := m.of("400", "403", "404", "453", "454", "455", "461", "500", "501", "503", "551")
	if reply := m.some(45, "rtsp: "+rtsp, "http: "+m.of("403", "404", "500", "503"), "connect: mute"); m.chance(18) && len(reply) > 0 {
		add(100, "reply: {%s}", strings.Join(reply, ", "))
	}
	add(12, "auth: {scheme: %s, user: u, password: p, client: %s}", m.of("basic", "digest"), m.of("right", "wrong", "none"))
	if len(o) > 0 {
		m.line("  offer: {%s}", strings.Join(o, ", "))
	}
}

func (m maker) link(v6 bool) {
	mtu := m.of("576", "800", "1200", "1400", "1499", "9000")
	if v6 {
		mtu = m.of("1280", "1300", "1400", "9000")
	}
	m.line("  link: {mtu: %s, rate: %s}", mtu, m.of("256kbit", "500kbit", "2mbit", "100mbit"))
}

func (m maker) then() {
	when := m.of("playing", "playing", "starved", "after 500ms", "after 1s", "played")
	if named := m.of("", "open", "closed", "no-udp-to-client", "no-rtsp", "no-rtp", "rtsp-reset"); named != "" {
		m.line("  then: [{when: %s, profile: %s}]", when, named)
		return
	}
	m.line("  then:\n    - when: %s\n      profile:", when)
	m.profile("        ")
}
