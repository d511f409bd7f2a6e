package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rollover-conformance/rollover/reports"
)

// The files of a bundle that are no part of the run's folder.
const (
	ManifestFile  = "manifest.json"
	StatementFile = "statement.json"      // in-toto Statement v1, predicate test-result
	EnvelopeFile  = "statement.dsse.json" // the same, signed; only where a key was given
	SelftestFile  = "selftest.json"       // as `rollover selftest --json` prints it
	RunFolder     = "run"
)

// Format is the version of the bundle's form.
const Format = 1

// Manifest says what a bundle holds. It lists every file but itself and the
// statement about it.
type Manifest struct {
	Format  int                `json:"format"`
	Tool    reports.Build      `json:"tool"` // that played, judged and tested itself
	Product reports.TargetInfo `json:"product"`
	Claims  reports.Claims     `json:"claims"`
	Profile Profile            `json:"profile"`
	Result  string             `json:"result"` // PASSED, WARNED, FAILED, as in-toto has them
	Stopped time.Time          `json:"stopped"`
	Files   []File             `json:"files"` // by path
}

// File is one file of a bundle.
type File struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// resultOf is a run in the words of in-toto's test result.
func resultOf(r reports.Run) string {
	switch r.ExitCode() {
	case reports.ExitPassed:
		return "PASSED"
	case reports.ExitUnclear:
		return "WARNED"
	}
	return "FAILED"
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// decode reads one JSON value that has no key we do not know, and nothing
// after it.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("more than one value")
	}
	return nil
}
