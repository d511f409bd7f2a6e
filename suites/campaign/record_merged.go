package campaign

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Record writes a finished run into a folder as if it had been played there:
// its log, with a chain of its own, and its record.
func Record(dir string, run reports.Run) error {
	if err := Prepare(dir); err != nil {
		return err
	}
	err := ReplaceFile(filepath.Join(dir, ProgressFile), func(f *os.File) error {
		log, err := reports.NewProgress(f, run)
		if err != nil {
			return err
		}
		var errs []error
		for _, r := range run.Results {
			if r.Verdict != rollover.NotRun {
				errs = append(errs, log.Append(r))
			}
		}
		return errors.Join(errs...)
	})
	if err != nil {
		return fmt.Errorf("writing the progress log: %w", err)
	}
	return replaceFile(filepath.Join(dir, RecordFile), run)
}
