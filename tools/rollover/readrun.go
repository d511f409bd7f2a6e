package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
)

// readRun reads the record of a run from its folder. A run that was killed
// left the record of its plan; what it finished is taken from the progress
// log, and the rest has not run.
func readRun(dir string) (reports.Run, error) {
	run, err := readRecord(filepath.Join(dir, campaign.RecordFile))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return reports.Run{}, fmt.Errorf("%s is no run of ours: %w", dir, err)
	case err != nil:
		return reports.Run{}, err
	case !run.Stopped.IsZero():
		return run, nil
	}
	log, err := os.Open(filepath.Join(dir, campaign.ProgressFile))
	if errors.Is(err, os.ErrNotExist) {
		run.Aborted = reports.Killed
		return run, nil
	}
	if err != nil {
		return reports.Run{}, err
	}
	defer log.Close()
	run, err = reports.Rebuild(log, run)
	if err != nil {
		return reports.Run{}, fmt.Errorf("%s: %w", dir, err)
	}
	return run, nil
}

// readRecord reads a run record as it stands.
func readRecord(name string) (reports.Run, error) {
	record, err := os.Open(name)
	if err != nil {
		return reports.Run{}, err
	}
	defer record.Close()
	run, err := reports.ReadJSON(record)
	if err != nil {
		return reports.Run{}, fmt.Errorf("%s: %w", name, err)
	}
	return run, nil
}
