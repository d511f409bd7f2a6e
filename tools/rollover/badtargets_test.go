package main

import (
	"os"
	"strings"
	"testing"
)

// badTargets are mistakes in a target file, with what is said of each and the
// exit code. PROGRAM stands for this program's path.
var badTargets = []struct {
	name, file string
	code       int
	says       []string
}{
	{"wrong path", `start: {exec: [./nothere], ready: {listen: [tcp/554]}}`, exitRig,
		[]string{"the server (./nothere) gets ready", "./nothere: no such file or directory (in /tmp/"}},
	{"no such command", `start: {exec: [no-such-streamer], ready: {listen: [tcp/554]}}`, exitRig,
		[]string{"no-such-streamer", "in no folder of its PATH"}},
	{"port in use", `start: {exec: [PROGRAM, serve, --listen, 0.0.0.0, --rtp-port, "1754"], ready: {listen: [tcp/80]}}`, exitRig,
		[]string{"it ended (exit code 4) before anything listened on tcp/80", "the last it printed", "address already in use"}},
	{"never ready", `start: {exec: [sleep, "1000"], ready: {listen: [tcp/554], within: 1s}}`, exitRig,
		[]string{"nothing listens on tcp/554 within 1s"}},
	{"ready elsewhere", `start: {exec: [PROGRAM, serve, --listen, 0.0.0.0, --rtsp-port, "8554"], ready: {listen: [tcp/554], within: 2s}}`, exitRig,
		[]string{"nothing listens on tcp/554 within 2s", "what listens is", "tcp/8554"}},
	{"line never printed", `start: {exec: [sh, -c, "echo booting; exec sleep 1000"], ready: {line: ready, within: 1s}}`, exitRig,
		[]string{`the line "ready" did not come within 1s`, "the last it printed: booting"}},
	{"command never succeeds", `start: {exec: [sleep, "1000"], ready: {command: ["false"], within: 1s}}`, exitRig,
		[]string{"the command [false] did not succeed within 1s"}},
	{"an address that is not in the lab", `start: {exec: [PROGRAM, serve], ready: {listen: [tcp/554], within: 2s}}`, exitRig,
		[]string{"nothing listens on tcp/554 within 2s", "tcp/554 at 127.0.0.1"}},
	{"a URL that leads out of the lab", `{url: "{{.Moniker}}://203.0.113.9/clip.asf", start: {exec: [PROGRAM, serve], ready: {listen: [tcp/554]}}}`, exitUsage,
		[]string{`url: found the host "203.0.113.9", which is not in the lab; allowed: {{.Host}}`}},
	{"dies while playing", `start: {ready: {listen: [tcp/554]}, exec: [sh, -c, "PROGRAM serve --listen 0.0.0.0 & while ! grep -q ':022A [0-9A-F:]* 01 ' /proc/net/tcp6; do sleep 0.05; done; sleep 0.5; echo killed; kill -9 $!"]}`, exitFail,
		[]string{"fail  server, RO-", "the server goes on serving", "it ended by itself"}},
	{"wrong claims", `start: {exec: [PROGRAM, serve, --listen, 0.0.0.0, --clip, 2s, --rungs, "RTSPT,HTTP"], ready: {listen: [tcp/554]}}`, exitFail,
		[]string{"fail  server, RO-", "RTSPU:played", "RTSPU:rejected"}},
	{"no such namespace", `attach: {netns: /no/such/namespace}`, exitUsage, []string{"attach.netns: no file /no/such/namespace"}},
	{"no namespace", `attach: {netns: /etc/passwd}`, exitUsage, []string{"attach.netns: /etc/passwd is no network namespace"}},
	{"no such process", `attach: {pid: 4194304}`, exitUsage, []string{"attach.pid: no process has the number 4194304"}},
	{"no such card", `attach: {interface: eth99, address: 192.0.2.10/24}`, exitUsage, []string{`this machine has no network card "eth99"; it has: lo`}},
}

// TestBadTargets: each mistake is told in words, with the verdict and the exit
// code that it deserves.
func TestBadTargets(t *testing.T) {
	needRoot(t)
	t.Parallel()
	p := newProgram(t, false)
	const head = "vendor: Example\nproduct: a mistake\nrole: server\nclaims: {dialects: [wmp11], rungs: [RTSPU, RTSPT, HTTP]}\n"
	for _, c := range badTargets {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			name := strings.ReplaceAll(c.name, " ", "-")
			body := strings.ReplaceAll(c.file, "PROGRAM", p.path)
			if inner, ok := strings.CutPrefix(body, "{"); ok {
				body = strings.Replace(strings.TrimSuffix(inner, "}"), ", start:", "\nstart:", 1)
			}
			p.put(t, name+".yaml", head+body+"\n")
			run := p.start(t, "run", "--out", name, "--target", name+".yaml", "rtsp/open/rtsp")
			code := run.exit(t)
			text := strings.Join(strings.Fields(run.out.String()+run.errs.String()), " ") // the table wraps
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.says {
				if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
					t.Errorf("lacks %q", want)
				}
			}
			if t.Failed() {
				t.Logf("%s%s", run.out.String(), run.errs.String())
			}
		})
	}
}

// TestAttachAsOrdinaryUser: it takes root, and says so.
func TestAttachAsOrdinaryUser(t *testing.T) {
	needLab(t)
	t.Parallel()
	p := newProgram(t, true)
	p.put(t, "box.yaml", attachedServer+"{netns: /proc/self/ns/net}\n")
	run := p.start(t, "run", "--target", "box.yaml", "rtsp/open/rtsp")
	if code := run.exit(t); code != exitRig || !strings.Contains(run.errs.String(), "takes root") {
		t.Errorf("exit code %d\n%s", code, run.errs.String())
	}
}

// TestKept: a program that is kept for the campaign is started once, and goes
// with it.
func TestKept(t *testing.T) {
	needLab(t)
	t.Parallel()
	p := newProgram(t, false)
	p.put(t, "kept.yaml", "vendor: Example\nproduct: a kept server\nrole: server\nclaims: {dialects: [wmp11], rungs: [RTSPU, RTSPT, HTTP]}\n"+
		"start: {exec: ["+p.path+", serve, --listen, 0.0.0.0, --clip, 2s], ready: {listen: [tcp/554]}, fresh: campaign}\n")
	run := p.start(t, "run", "--out", "run", "--target", "kept.yaml", "rtsp/open/rtsp", "rtsp/open/rtspt", "rtsp/no-udp")
	if code := run.exit(t); code != exitPass {
		t.Fatalf("exit code %d\n%s%s", code, run.out.String(), run.errs.String())
	}
	starts, plays := 0, 0
	for _, file := range filesBelow(t, p.home+"/run") {
		if strings.HasSuffix(file, "/server.log") {
			starts += count(t, file, "listening tcp/554")
			plays += count(t, file, `"playing"`)
		}
	}
	if starts != 1 || plays < 3 {
		t.Errorf("it was started %d times, and played %d times", starts, plays)
	}
}

// count is how often a text occurs in a file.
func count(t *testing.T, file, text string) int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(data), text)
}
