package reports

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// epoch is when the sample run began.
var epoch = time.Date(2026, 3, 14, 9, 26, 53, 0, time.FixedZone("", 3600))

const ms = time.Millisecond

// sampleRun is a run with every verdict in it, told the way a real one is.
func sampleRun() Run {
	run := Run{
		Schema: SchemaVersion,
		Tool:   Build{Name: "rollover", Version: "1.0.0", Commit: "3dc9bfe", Go: "go1.26.0"},
		Target: TargetInfo{Vendor: "Example Media", Product: "Example Streamer", Version: "4.2", Role: "server", Name: "example.yaml"},
		Claims: Claims{Dialects: []string{"wmp9", "wmp11"}, WMS: []string{"9.1"}, Rungs: []string{"RTSPU", "RTSPT", "HTTP"}, IPv6: true, Seek: true},
		Host:   Host{OS: "Debian GNU/Linux 12", Kernel: "6.1.0-32-amd64", CPUs: 2, Root: true},
		Timing: "brisk", Jobs: 16, Started: epoch, Stopped: epoch.Add(41800 * ms),
		Selectors: []string{"rtsp/**"},
	}
	for i, r := range sampleResults() {
		if r.Verdict != rollover.NotRun && r.Verdict != rollover.NotApplicable {
			r.Started = epoch.Add(time.Duration(i) * 700 * ms)
			r.Evidence = r.ID
			r.Rerun = "rollover run --target example.yaml " + r.ID
			r.Capture.Frames = max(r.Capture.Frames, 212)
			r.Setup.Clip = rollover.ClipSetup{SHA256: strings.Repeat("5e", 32), Packets: 40, Size: 829, Duration: 2 * time.Second}
			r.Setup.Ports = map[rollover.Service]uint16{rollover.ServiceRTSP: 554, rollover.ServiceHTTP: 80}
			r.Setup.Client = rollover.HostSetup{Name: "client", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("2001:db8:1::10")}}
			r.Setup.Server = rollover.HostSetup{Name: "server", Addrs: []netip.Addr{netip.MustParseAddr("198.51.100.10"), netip.MustParseAddr("2001:db8:2::10")}}
			r.Setup.RTP, r.Setup.RTCP, r.Setup.SUT = 5004, 5005, rollover.PartyServer
			r.Setup.Started, r.Setup.Stopped = r.Started, r.Started.Add(took(r))
		}
		run.Results = append(run.Results, r)
	}
	return run
}

func sampleResults() []rollover.Result {
	return []rollover.Result{
		open("rtsp/open", rollover.IPv4, rollover.Core),
		noUDP("rtsp/no-udp", rollover.IPv4),
		closedByDrop("rtsp/control-dropped"),
		closedByReset("rtsp/control-reset"),
		offer461("rtsp/offer/no-udp"),
		denied("rtsp/auth/wrong-password"),
		leaking("rtsp/no-udp/after-switch", rollover.IPv4),
		leaking("rtsp/no-udp/after-switch-ipv6", rollover.IPv6),
		mute("rtsp/switch/same-connection"),
		impatient("rtsp/limits/off-udp"),
		lossy("rtsp/no-udp/one-in-twenty"),
		unstable("rtsp/nat/masquerade"),
		hostile("rtsp/headers/strange-server-name"),
		inapplicable("rtsp/fast-cache/tcp-first", "the target does not claim Fast Cache"),
		inapplicable("rtsp/multicast/rtspm", "the target does not claim multicast"),
		notRun("rtsp/limits/off-udp-tcp"),
		open("rtsp/open-ipv6", rollover.IPv6, rollover.Core),
		noUDP("rtsp/no-udp-ipv6", rollover.IPv6),
		open("rtsp/ports/8554", rollover.IPv4, rollover.Extended),
		open("rtsp/link/narrow", rollover.IPv4, rollover.Extended),
		open("rtsp/link/mtu-1280", rollover.IPv6, rollover.Extended),
		noUDP("rtsp/server-firewall/no-udp", rollover.IPv4),
		closedByReset("rtsp/control-reset-ipv6"),
		offer461("rtsp/offer/no-udp-ipv6"),
		open("rtsp/content/live", rollover.IPv4, rollover.Extended),
	}
}

func scenario(id, purpose string, family rollover.Family, level rollover.Level, profile firewall.Profile, refs ...string) rollover.Scenario {
	return rollover.Scenario{ID: id, Purpose: purpose, Refs: refs, Level: level, Dialect: "wmp11", Moniker: "rtsp",
		Offer:  rollover.Offer{WMS: "9.1", Rungs: []rollover.Rung{rollover.RTSPU, rollover.RTSPT, rollover.HTTP}, HTTP: "wmsp", Content: "vod"},
		Family: family, Profile: profile, Client: rollover.ClientSetup{Count: 1, Starts: 1}, Topology: "routed"}
}

var openProfile = firewall.Profile{Name: "open", Purpose: "Everything passes.", Default: firewall.Accept, At: firewall.AtGateway}

func noUDPProfile() firewall.Profile {
	return firewall.Profile{Name: "no-udp-to-client", Purpose: "UDP towards the client is dropped.", Default: firewall.Accept,
		At: firewall.AtGateway, Rules: []firewall.Rule{{Name: "udp to client", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP}}}
}

func closedProfile(name string, a firewall.Action) firewall.Profile {
	return firewall.Profile{Name: name, Default: firewall.Accept, At: firewall.AtGateway, Rules: []firewall.Rule{
		{Name: "rtsp control", Action: a, From: firewall.Client, Proto: firewall.TCP, DPort: firewall.Ports{{Lo: 554, Hi: 554}}},
		{Name: "media", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP, SPort: firewall.Ports{{Lo: 5004, Hi: 5005}}}}}
}

// talk is a conversation: "> text" from the client, "< text" from the
// server, "+250" lets milliseconds pass.
func talk(start time.Duration, frame int, lines ...string) ([]rollover.Message, time.Duration, int) {
	var out []rollover.Message
	t := start
	for _, line := range lines {
		if wait, ok := strings.CutPrefix(line, "+"); ok {
			var n int
			fmt.Sscan(wait, &n)
			t += time.Duration(n) * ms
			continue
		}
		t += 1200 * time.Microsecond
		frame += 2
		out = append(out, rollover.Message{At: t, Frame: frame, FromClient: line[0] == '>', Text: line[2:]})
	}
	return out, t, frame
}

func attempt(r rollover.Rung, o rollover.Outcome, start time.Duration, frame int, why string, lines ...string) rollover.Attempt {
	messages, end, last := talk(start, frame, lines...)
	a := rollover.Attempt{Candidates: []rollover.Rung{r}, Outcome: o, Start: start, End: end, Trigger: start,
		Frames: []int{frame + 1, last}, Why: why, Messages: messages}
	if o == rollover.Played {
		a.Media = rollover.Media{ServerSide: 40, ClientSide: 40, Total: 40, First: end, Last: end + 1950*ms, FirstFrame: last + 2, LastFrame: last + 96}
		a.End = end + 2*time.Second
	}
	return a
}

var describeU = []string{"> DESCRIBE", "< 200 SDP, rtx stream, packet pairs", "> SETUP rtx UDP 1790-1791", "< 200 server_port=5004-5005",
	"> SET_PARAMETER UdpPacketPair", "< 200"}

func playedUDP(start time.Duration, frame int) rollover.Attempt {
	return attempt(rollover.RTSPU, rollover.Played, start, frame, "40 of 40 packets of the clip arrived by UDP",
		append(describeU, "> SETUP audio UDP 1792", "< 200", "> PLAY", "> SET_PARAMETER LogConnect", "< 200", "< 200")...)
}

func starvedUDP() rollover.Attempt {
	a := attempt(rollover.RTSPU, rollover.Starved, 100*ms, 4, "3 packet-pair datagrams left the server, none arrived", append(describeU, "+1000")...)
	a.Media.ServerSide, a.Media.Total, a.Trigger = 3, 40, 106*ms
	return a
}

func playedTCP(start time.Duration, frame int) rollover.Attempt {
	return attempt(rollover.RTSPT, rollover.Played, start, frame, "40 of 40 packets of the clip arrived interleaved",
		"> SETUP audio TCP interleaved=0-1", "< 200", "> PLAY", "> SET_PARAMETER LogConnect", "< 200", "< 200")
}

func playedHTTP(start time.Duration, frame int) rollover.Attempt {
	return attempt(rollover.HTTP, rollover.Played, start, frame, "40 of 40 packets of the clip arrived over HTTP",
		"> GET /clip.asf describe", "< 200 Cougar, $H", "> GET /clip.asf play", "< 200 $H $D")
}

func step(r rollover.Rung, o rollover.Outcome, leg, why, rule string, w rollover.Window) rollover.Step {
	return rollover.Step{Rung: r, Outcome: o, Leg: leg, Why: why, Rule: rule, Window: w}
}

func predict(steps ...rollover.Step) rollover.Prediction {
	return rollover.Prediction{Sequences: [][]rollover.Step{steps}}
}

var (
	udpPlays  = step(rollover.RTSPU, rollover.Played, "", "both legs are open", "", rollover.Window{})
	tcpPlays  = step(rollover.RTSPT, rollover.Played, "", "the control connection is open and carries the media", "", rollover.Window{})
	httpPlays = step(rollover.HTTP, rollover.Played, "", "port 80 is open and HTTP is offered", "", rollover.Window{})
	udpStarve = step(rollover.RTSPU, rollover.Starved, "data", "udp to client dropped by no-udp-to-client", "udp to client",
		rollover.Window{Trigger: "packet-pair", Min: time.Second, Max: 4 * time.Second})
)

func result(s rollover.Scenario, g rollover.Grade, p rollover.Prediction, attempts ...rollover.Attempt) rollover.Result {
	r := rollover.Result{ID: s.ID, Verdict: g, Final: "none", Scenario: s, Prediction: p,
		Trace:   rollover.Trace{Attempts: attempts, Health: rollover.Health{Frames: 212, Canary: true, ClientFrames: 88}},
		Capture: rollover.CaptureStats{Frames: 212, Canary: true}}
	for _, st := range p.Sequences[0] {
		r.Predicted = strings.TrimSpace(r.Predicted + " " + string(st.Rung) + ":" + string(st.Outcome))
	}
	for _, a := range attempts {
		r.Observed = strings.TrimSpace(r.Observed + " " + rungNames(a.Candidates) + ":" + string(a.Outcome))
		if a.Outcome == rollover.Played {
			r.Final = string(a.Candidates[0])
		}
		r.TookMS = a.End.Milliseconds() + 340
	}
	return r
}

func open(id string, f rollover.Family, l rollover.Level) rollover.Result {
	return result(scenario(id, "With nothing closed, the first rung plays.", f, l, openProfile, "RO-ROLL-06", "RO-RTSP-101"),
		rollover.Pass, predict(udpPlays), playedUDP(100*ms, 4))
}

func noUDP(id string, f rollover.Family) rollover.Result {
	r := result(scenario(id, "With UDP towards the client dropped, playback continues over TCP.", f, rollover.Core, noUDPProfile(), "RO-ROLL-01", "RO-RTSP-106"),
		rollover.Pass, predict(udpStarve, tcpPlays), starvedUDP(), playedTCP(1110*ms, 30))
	r.Rules = []rollover.RuleCount{{Name: "udp to client", Packets: 3}}
	r.Ruleset = "table inet rollover {\n  chain forward {\n    type filter hook forward priority filter; policy accept;\n" +
		"    iifname \"server\" meta l4proto udp counter drop comment \"udp to client\"\n  }\n}\n"
	return r
}

func closedByDrop(id string) rollover.Result {
	w := rollover.Window{Trigger: "syn", Min: 2 * time.Second, Max: 5 * time.Second}
	first := attempt(rollover.RTSPU, rollover.Blocked, 100*ms, 2, "SYN three times, no answer", "> SYN x3", "+2000")
	first.Candidates = []rollover.Rung{rollover.RTSPU, rollover.RTSPT}
	twin := step(rollover.RTSPT, rollover.Blocked, "control", "the same control port is dropped", "rtsp control", w)
	twin.Optional = true
	r := result(scenario(id, "With the control port dropped, HTTP plays.", rollover.IPv4, rollover.Core, closedProfile("rtsp-dropped", firewall.Drop), "RO-ROLL-01"),
		rollover.Pass, predict(step(rollover.RTSPU, rollover.Blocked, "control", "tcp 554 dropped by rtsp-dropped", "rtsp control", w), twin, httpPlays),
		first, playedHTTP(2130*ms, 12))
	r.Predicted = "RTSPU:blocked RTSPT:blocked? HTTP:played"
	r.Rules = []rollover.RuleCount{{Name: "rtsp control", Packets: 3}, {Name: "media"}}
	return r
}

func closedByReset(id string) rollover.Result {
	w := rollover.Window{Trigger: "refusal", Max: 3 * time.Second}
	first := attempt(rollover.RTSPU, rollover.Refused, 100*ms, 2, "RST from the gateway", "> SYN", "< RST")
	first.EndedBy = rollover.PartyRig
	r := result(scenario(id, "A reset control port rolls over at once.", rollover.IPv4, rollover.Core, closedProfile("rtsp-reset", firewall.Reset), "RO-ROLL-01", "RO-ROLL-108"),
		rollover.Pass, predict(step(rollover.RTSPU, rollover.Refused, "control", "tcp 554 reset by rtsp-reset", "rtsp control", w), httpPlays),
		first, playedHTTP(120*ms, 8))
	r.Rules = []rollover.RuleCount{{Name: "rtsp control", Packets: 1}, {Name: "media"}}
	return r
}

func offer461(id string) rollover.Result {
	first := attempt(rollover.RTSPU, rollover.Rejected, 100*ms, 4, "461 to SETUP over UDP", "> DESCRIBE", "< 200 SDP", "> SETUP audio UDP 1790", "< 461 Unsupported Transport")
	first.Status, first.EndedBy = 461, rollover.PartyServer
	return result(scenario(id, "A server without UDP says so with 461.", rollover.IPv4, rollover.Extended, openProfile, "RO-RTSP-102"),
		rollover.Pass, predict(step(rollover.RTSPU, rollover.Rejected, "", "the server does not offer RTSPU: 461", "", rollover.Window{Trigger: "refusal", Max: 3 * time.Second}), tcpPlays),
		first, playedTCP(112*ms, 14))
}

func denied(id string) rollover.Result {
	a := attempt(rollover.RTSPU, rollover.Denied, 100*ms, 4, "401 again after credentials", "> DESCRIBE", "< 401 Basic", "> DESCRIBE with credentials", "< 401 Basic")
	a.Status, a.EndedBy = 401, rollover.PartyServer
	return result(scenario(id, "A wrong password ends the search.", rollover.IPv4, rollover.Core, openProfile, "RO-ROLL-104"),
		rollover.Pass, predict(step(rollover.RTSPU, rollover.Denied, "", "the credentials are wrong", "", rollover.Window{})), a)
}

func leaking(id string, f rollover.Family) rollover.Result {
	r := noUDP(id, f)
	r.Scenario.Purpose = "After the switch to TCP no datagram leaves the server."
	r.Scenario.Refs = []string{"RO-RTSP-107"}
	r.Verdict, r.Rules[0].Packets = rollover.Fail, 29
	r.Findings = []rollover.Finding{
		{Party: rollover.PartyServer, Requirement: "RO-RTSP-107", Expected: "no UDP for the stream once it was set up over TCP",
			Seen: "26 datagrams from port 5004 within 1.3 s after the answer to SETUP", Frames: []int{41, 43, 46, 48, 51, 53, 57, 60, 62, 66}},
		{Party: rollover.PartyServer, Requirement: "RO-RTSP-112", Expected: "the idle timer to rest while media is interleaved", Seen: "it could not be told", Note: true},
	}
	r.Trace.Facts = []rollover.Fact{{Kind: "udp-after-switch", Attempt: 1, At: 1300 * ms, Seen: "26 datagrams", Frames: []int{41}}}
	return r
}

func mute(id string) rollover.Result {
	r := noUDP(id, rollover.IPv4)
	second := attempt(rollover.RTSPT, rollover.Starved, 1110*ms, 30, "PLAY was answered, no interleaved frame followed",
		"> SETUP audio TCP interleaved=0-1", "< 200", "> PLAY", "< 200", "+2000", "> TEARDOWN")
	second.Media.Total = 40
	got := result(r.Scenario, rollover.Fail, r.Prediction, starvedUDP(), second)
	got.Rules, got.Ruleset = r.Rules, r.Ruleset
	got.Findings = []rollover.Finding{{Party: rollover.PartyServer, Requirement: "RO-RTSP-106", Expected: "RTSPT:played as the second step",
		Seen: "RTSPT:starved: 0 of 40 packets left the server in 2.0 s after the answer to PLAY", Frames: []int{36, 38}}}
	return got
}

func impatient(id string) rollover.Result {
	r := noUDP(id, rollover.IPv4)
	r.Verdict = rollover.Inconclusive
	r.Findings = []rollover.Finding{{Party: rollover.PartyClient, Requirement: "RO-RTSP-104", Expected: "the Firewall timer to run for 1.0 s at least",
		Seen: "the client gave up after 0.4 s", Frames: []int{14, 30}}}
	return r
}

func lossy(id string) rollover.Result {
	r := open(id, rollover.IPv4, rollover.Extended)
	r.Verdict, r.Capture.Lost, r.Trace.Health.Lost = rollover.Error, 17, 17
	r.Findings = []rollover.Finding{{Party: rollover.PartyRig, Requirement: "", Expected: "a capture without loss",
		Seen: "the recorder dropped 17 frames on server-side"}}
	return r
}

func unstable(id string) rollover.Result {
	r := noUDP(id, rollover.IPv4)
	r.Scenario.Profile.NAT = firewall.Masquerade
	r.Unstable = true
	r.Earlier = []rollover.Earlier{{Verdict: rollover.Fail, Observed: "RTSPU:starved RTSPT:broken", Evidence: id,
		Findings: []rollover.Finding{{Party: rollover.PartyServer, Requirement: "RO-ROLL-07", Expected: "SETUP over TCP to be answered", Seen: "the connection was reset", Frames: []int{33}}}}}
	return r
}

// hostile is what a malicious peer would like to have in a report.
func hostile(id string) rollover.Result {
	r := open(id, rollover.IPv4, rollover.Extended)
	r.Verdict = rollover.Fail
	r.Findings = []rollover.Finding{{Party: rollover.PartyServer, Requirement: "RO-RTSP-101", Expected: "a Server header of printable characters",
		Seen: "\x1b[31mServer: <script>document.title='owned'</script>\x00 ]]> & \"quoted\" <b>bold</b>\x1b[0m", Frames: []int{8}}}
	r.Trace.Attempts[0].Messages[1].Text = "200 Server: </text></svg><script>document.title='owned'</script>"
	return r
}

func inapplicable(id, reason string) rollover.Result {
	return rollover.Result{ID: id, Verdict: rollover.NotApplicable, Final: "none", Reason: reason,
		Scenario: scenario(id, "", rollover.IPv4, rollover.Extended, openProfile, "RO-RTSP-113")}
}

func notRun(id string) rollover.Result {
	return rollover.Result{ID: id, Verdict: rollover.NotRun, Final: "none", Reason: "the run ended before this trial did", Predicted: "HTTP:played",
		Scenario: scenario(id, "With UDP and TCP off only HTTP is left.", rollover.IPv4, rollover.Core, openProfile, "RO-ROLL-01")}
}
