package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/reports"
)

// TestOrdinaryUser plays as a user without any privilege, and looks at what
// the machine lacks for it.
func TestOrdinaryUser(t *testing.T) {
	needLab(t)
	t.Parallel()
	p := newProgram(t, true)
	doctor := p.start(t, "doctor")
	if code := doctor.exit(t); code != exitPass {
		t.Fatalf("doctor: exit code %d\n%s%s", code, doctor.out.String(), doctor.errs.String())
	}
	run := p.start(t, "run", "--out", "run", "rtsp/no-udp", "rtsp/open/*", "ipv6/rtsp/no-udp", "rtsp/state/**")
	if code := run.exit(t); code != exitPass {
		t.Fatalf("exit code %d\n%s%s", code, run.out.String(), run.errs.String())
	}
	if record := record(t, p.home+"/run"); record.Host.Root || record.Aborted != "" {
		t.Errorf("host %+v, aborted %q", record.Host, record.Aborted)
	}
	judge := p.start(t, "judge", "run/rtsp/no-udp")
	if code := judge.exit(t); code != exitPass {
		t.Errorf("judge: exit code %d\n%s", code, judge.errs.String())
	}
	for _, file := range filesBelow(t, p.home) {
		if err := ours(file); err != nil {
			t.Error(err)
		}
	}
}

// TestDoctor: whether labs can be built decides its exit code.
func TestDoctor(t *testing.T) {
	t.Parallel()
	p := newProgram(t, false)
	doctor := p.start(t, "doctor")
	want := exitPass
	if labMissing() != "" {
		want = exitFail
	}
	if code := doctor.exit(t); code != want {
		t.Errorf("exit code %d, want %d (missing: %q)\n%s", code, want, labMissing(), doctor.out.String())
	}
	for _, word := range []string{"network namespace", "nftables", "packet socket"} {
		if !strings.Contains(doctor.out.String(), word) {
			t.Errorf("lacks %q:\n%s", word, doctor.out.String())
		}
	}
}

// TestExitCodes: every code of a run has one meaning, whatever else happened.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 128 + 2: 3, 128 + 15: 3, 128 + 1: 3, 128 + 9: 4, 5: 4, 255: 4, -1: 4} {
		if got := lawful(code); got != want {
			t.Errorf("the sandbox ended with %d: %d, want %d", code, got, want)
		}
	}
	codes := []int{reports.ExitPassed, reports.ExitFailed, reports.ExitUnclear, reports.ExitTrouble}
	if fmt.Sprint(codes) != fmt.Sprint([]int{exitPass, exitFail, exitInconclusive, exitRig}) {
		t.Errorf("reports has %v", codes)
	}
}
