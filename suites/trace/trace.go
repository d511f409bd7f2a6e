// Package trace reads a capture: frames in, attempts out.
package trace

import (
	"io"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Read reads a trial's capture.
func Read(capture io.Reader, s rollover.Scenario, setup rollover.Setup, clip asf.Clip) (rollover.Trace, error) {
	return rollover.Trace{}, nil
}
