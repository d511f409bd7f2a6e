package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// a slow trial (4 s) and a fast one (2 s), played at once.
var slowAndFast = []string{"rtsp/open/rtspu", "rtsp/leg/tcp-554-drop"}

func record(t *testing.T, dir string) reports.Run {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, campaign.RecordFile))
	if err != nil {
		t.Fatal(err)
	}
	run, err := reports.ReadJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// readJSON reads one of a run's files.
func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func verdicts(run reports.Run) map[string]rollover.Grade {
	out := map[string]rollover.Grade{}
	for _, r := range run.Results {
		out[r.ID] = r.Verdict
	}
	return out
}

// TestKilledRunIsReported kills a run when one of two trials has ended.
func TestKilledRunIsReported(t *testing.T) {
	needLab(t)
	t.Parallel()
	p := newProgram(t, false)
	run := p.start(t, append([]string{"run", "--out", "run"}, slowAndFast...)...)
	dir := filepath.Join(p.home, "run")
	hasLines(t, filepath.Join(dir, campaign.ProgressFile), 1)
	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	run.exit(t)
	if _, err := os.Stat(filepath.Join(dir, campaign.JUnitFile)); err == nil {
		t.Fatal("the killed run wrote a report")
	}

	report := p.start(t, "report", "run")
	if code := report.exit(t); code != exitInconclusive {
		t.Errorf("exit code %d, want %d\n%s%s", code, exitInconclusive, report.out.String(), report.errs.String())
	}
	for _, want := range []string{"rtsp/open/rtspu", "1 pass · 1 notRun", "killed"} {
		if !strings.Contains(report.out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, report.out.String())
		}
	}
	got := verdicts(record(t, dir))
	if got["rtsp/open/rtspu"] != rollover.Pass || got["rtsp/leg/tcp-554-drop"] != rollover.NotRun {
		t.Errorf("verdicts %v", got)
	}
	for _, name := range []string{campaign.JUnitFile, campaign.HTMLFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	// A second time it is the same report, and what had not ended can be
	// played.
	again := p.start(t, "report", "--json", "-", "run")
	if code := again.exit(t); code != exitInconclusive || !json.Valid([]byte(again.out.String())) {
		t.Errorf("exit code %d\n%s", code, again.out.String())
	}
	rest := p.start(t, "run", "--rerun-failed", "run", "--out", "rest")
	if code := rest.exit(t); code != exitPass || !strings.Contains(rest.out.String(), "1 scenario · 1 pass") {
		t.Errorf("exit code %d\n%s", code, rest.out.String())
	}
}

// TestTamperedLogIsRefused: a line of a killed run's log that does not follow
// from the one before is told, and nothing is written.
func TestTamperedLogIsRefused(t *testing.T) {
	needLab(t)
	t.Parallel()
	p := newProgram(t, false)
	run := p.start(t, append([]string{"run", "--out", "run"}, slowAndFast...)...)
	log := filepath.Join(p.home, "run", campaign.ProgressFile)
	hasLines(t, log, 1)
	if err := run.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	run.exit(t)
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(log, append(text, text...), 0o644); err != nil {
		t.Fatal(err)
	}
	report := p.start(t, "report", "run")
	if code := report.exit(t); code != exitUsage || !strings.Contains(report.errs.String(), "progress log, line 2") {
		t.Errorf("exit code %d: %s", code, report.errs.String())
	}
}

// TestInterruptedRunReports asks a run to end when one of two trials has.
func TestInterruptedRunReports(t *testing.T) {
	needLab(t)
	t.Parallel()
	for signal, reason := range map[syscall.Signal]string{
		syscall.SIGINT: reports.Interrupted, syscall.SIGTERM: reports.Terminated, syscall.SIGHUP: reports.Interrupted,
	} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			p := newProgram(t, false)
			run := p.start(t, append([]string{"run", "--out", "run"}, slowAndFast...)...)
			dir := filepath.Join(p.home, "run")
			hasLines(t, filepath.Join(dir, campaign.ProgressFile), 1)
			if err := run.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := run.exit(t); code != exitInconclusive {
				t.Errorf("exit code %d, want %d\n%s", code, exitInconclusive, run.errs.String())
			}
			if !strings.Contains(run.out.String(), "1 pass · 1 notRun") || !strings.Contains(run.errs.String(), "ending") {
				t.Errorf("%s%s", run.out.String(), run.errs.String())
			}
			for _, name := range []string{campaign.RecordFile, campaign.JUnitFile, campaign.HTMLFile} {
				if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
					t.Error(err)
				}
			}
			report := p.start(t, "report", "run")
			if code := report.exit(t); code != exitInconclusive {
				t.Errorf("report: exit code %d", code)
			}
			if got := record(t, dir).Aborted; got != reason {
				t.Errorf("the record says %q, want %q", got, reason)
			}
		})
	}
}

// TestInterruptedRunThatFailed: a fail that is there already decides the code.
func TestInterruptedRunThatFailed(t *testing.T) {
	needLab(t)
	t.Parallel()
	p := newProgram(t, false)
	faulty := "- {id: bad/silent, dialect: wmp11, moniker: rtspu, faults: [E-01]}\n"
	if err := os.WriteFile(filepath.Join(p.home, "faulty.yaml"), []byte(faulty), 0o644); err != nil {
		t.Fatal(err)
	}
	run := p.start(t, "run", "--out", "run", "faulty.yaml", "rtsp/leg/tcp-554-drop")
	hasLines(t, filepath.Join(p.home, "run", campaign.ProgressFile), 1)
	if err := run.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := run.exit(t); code != exitFail {
		t.Errorf("exit code %d, want %d\n%s%s", code, exitFail, run.out.String(), run.errs.String())
	}
}
