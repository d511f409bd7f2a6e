package campaign

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// TestEarlierLogGoesFirst: whoever is killed between the new record and its log
// leaves no log of another run beside the record.
func TestEarlierLogGoesFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, ProgressFile)
	if err := os.WriteFile(old, []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// A record that cannot be replaced ends the beginning right there.
	if err := os.MkdirAll(filepath.Join(dir, RecordFile, "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := openProgress(dir, reports.Run{}); err == nil {
		t.Fatal("the record was written")
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the earlier log is still there: %v", err)
	}
}

// TestRecordIsARun: what was recorded at once reads like what was played.
func TestRecordIsARun(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "whole")
	run := reports.Run{Started: time.Unix(1e9, 0).UTC(), Stopped: time.Unix(1e9+1, 0).UTC()}.Planned([]rollover.Scenario{{ID: "a"}, {ID: "b"}})
	run.Results[0].Verdict = rollover.Pass
	if err := Record(dir, run); err != nil {
		t.Fatal(err)
	}
	record, err := os.Open(filepath.Join(dir, RecordFile))
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	got, err := reports.ReadJSON(record)
	if err != nil || got.Results[0].Verdict != rollover.Pass {
		t.Fatalf("%+v, %v", got.Results, err)
	}
	log, err := os.ReadFile(filepath.Join(dir, ProgressFile))
	if err != nil || bytes.Count(log, []byte("\n")) != 1 {
		t.Fatalf("%s, %v", log, err)
	}
	if _, err := reports.Rebuild(bytes.NewReader(log), run); err != nil {
		t.Error(err)
	}
}
