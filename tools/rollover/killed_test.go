package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// killedRun is a run of a few scenarios as it lies in its folder before the
// first trial has ended, and the log of all its trials.
func killedRun(t *testing.T) (planned, log []byte, ids []string) {
	t.Helper()
	scenarios, err := selectScenarios([]string{"rtsp/open/*"})
	if err != nil {
		t.Fatal(err)
	}
	run := reports.Run{Tool: build(), Started: time.Now().UTC(), Timing: "brisk", Jobs: 4}.Planned(scenarios)
	var record, lines bytes.Buffer
	if err := reports.WriteJSON(&record, run); err != nil {
		t.Fatal(err)
	}
	progress, err := reports.NewProgress(&lines, run)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range run.Results {
		r.Verdict, r.Reason, r.TookMS = rollover.Grades()[i%4], "", 1200
		if err := progress.Append(r); err != nil {
			t.Fatal(err)
		}
	}
	return record.Bytes(), lines.Bytes(), idsOf(scenarios)
}

// TestReportOfARunKilledAtAnyMoment: whatever kill -9 leaves, from the first
// byte of the log to its last, the reports are whole and valid.
func TestReportOfARunKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	planned, log, ids := killedRun(t)
	moments := []int{-1, 0, 1, len(log) / 2, len(log) - 1, len(log)}
	for i, b := range log {
		if b == '\n' {
			moments = append(moments, i, i+1, i+2)
		}
	}
	for _, n := range moments {
		dir := filepath.Join(t.TempDir(), "run")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{campaign.RecordFile: planned}
		if n >= 0 { // -1: the log had not begun
			files[campaign.ProgressFile] = log[:min(n, len(log))]
		}
		// What a killed run was writing beside a file is no part of it.
		files["."+campaign.RecordFile+"-123"] = planned[:100]
		for name, data := range files {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		finished := bytes.Count(files[campaign.ProgressFile], []byte("\n"))
		if err := reportOf(t, dir, finished, ids); err != nil {
			t.Errorf("killed after %d bytes of the log: %v", n, err)
		}
	}
}

// reportOf writes the reports of a run and holds all of them against what has
// finished.
func reportOf(t *testing.T, dir string, finished int, ids []string) error {
	t.Helper()
	var out bytes.Buffer
	root := newRoot()
	root.SetArgs([]string{"report", "--markdown", filepath.Join(dir, "summary.md"), dir})
	root.SetOut(&out)
	var exit exitError
	if err := root.Execute(); err != nil && !errors.As(err, &exit) {
		return err
	}
	run, err := readRecord(filepath.Join(dir, campaign.RecordFile))
	if err != nil {
		return err
	}
	notRun := len(ids) - finished
	if exit.code != run.ExitCode() || (run.Aborted == reports.Killed) != (notRun > 0) {
		return fmt.Errorf("exit code %d, aborted %q", exit.code, run.Aborted)
	}
	if got := idsOfResults(run.Results); strings.Join(got, " ") != strings.Join(ids, " ") {
		return fmt.Errorf("the record has %v, want %v", got, ids)
	}
	if got := run.Summary().All.Counts[rollover.NotRun]; got != notRun {
		return fmt.Errorf("%d have not run, want %d", got, notRun)
	}
	return errors.Join(
		validFile(dir, campaign.RecordFile, func(text string) error {
			schema, err := compiledSchema("run")
			if err != nil {
				return err
			}
			return validText(schema, ".json", text)
		}),
		validFile(dir, campaign.JUnitFile, func(text string) error {
			var suites struct {
				Tests  int `xml:"tests,attr"`
				Suites []struct {
					Cases []struct {
						Name string `xml:"name,attr"`
					} `xml:"testcase"`
				} `xml:"testsuite"`
			}
			if err := xml.Unmarshal([]byte(text), &suites); err != nil || suites.Tests != len(ids) {
				return fmt.Errorf("%d tests, %w", suites.Tests, err)
			}
			return nil
		}),
		validFile(dir, campaign.HTMLFile, func(text string) error { return endsWith(text, "</html>") }),
		validFile(dir, "summary.md", func(text string) error { return endsWith(text, "</details>") }),
	)
}

func validFile(dir, name string, check func(string) error) error {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil {
		err = check(string(data))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func endsWith(text, end string) error {
	if !strings.HasSuffix(strings.TrimSpace(text), end) {
		return fmt.Errorf("it ends with %q", text[max(0, len(text)-40):])
	}
	return nil
}

// TestLogOfAnotherRunIsRefused: a log that lies beside a record and is not its
// own proves nothing.
func TestLogOfAnotherRunIsRefused(t *testing.T) {
	t.Parallel()
	planned, log, ids := killedRun(t)
	dir := t.TempDir()
	later := bytes.Replace(planned, []byte(`"version": "`), []byte(`"version": "later `), 1)
	for name, data := range map[string][]byte{campaign.RecordFile: later, campaign.ProgressFile: log} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := reportOf(t, dir, len(ids), ids); err == nil || !strings.Contains(err.Error(), "progress log, line 1") {
		t.Errorf("a log of another run: %v", err)
	}
}
