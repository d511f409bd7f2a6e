// Package assess is the pure second half of a trial: from its folder to its
// result.
//
// It reads the evidence, predicts what a conforming pair must do, reads from
// the capture what was done, and lets the judge compare the two. It needs no
// privilege and no lab, so the verdict of a trial can be had again from a
// copied folder; it never reads result.json.
package assess

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/trace"
)

// Folder judges the trial whose evidence lies in dir. The error is
// [evidence.ErrUnreadable] for a folder that is none; everything else that is
// missing or damaged ends in the result's verdict.
func Folder(dir string) (rollover.Result, error) {
	e, err := evidence.Read(dir)
	if err != nil {
		return rollover.Result{}, fmt.Errorf("judging %s: %w", dir, err)
	}
	prediction, err := rollover.PredictAgainst(e.Scenario, e.Setup.SUT, e.Setup.Row, e.Setup.Timing)
	if err != nil {
		return rollover.Result{}, fmt.Errorf("judging %s: %w: %w", dir, evidence.ErrUnreadable, err)
	}
	return judge(e, prediction), nil
}

func judge(e evidence.Evidence, prediction rollover.Prediction) rollover.Result {
	seen, missing := read(e)
	verdict := rollover.Judge(rollover.Case{
		Scenario:   e.Scenario,
		Prediction: prediction,
		Trace:      seen,
		Setup:      e.Setup,
		Counters:   e.Counters,
		Ruleset:    e.Ruleset,
		Journals:   e.Journals,
		Missing:    append(e.Missing, missing...),
	})
	return rollover.Result{
		ID:         e.Scenario.ID,
		Verdict:    verdict.Grade,
		Predicted:  prediction.String(),
		Observed:   rollover.Observed(seen),
		Final:      rollover.Final(seen),
		Findings:   verdict.Findings,
		Clients:    rollover.EachClient(prediction, seen, verdict),
		Capture:    rollover.CaptureStats{Frames: seen.Health.Frames, Lost: seen.Health.Lost, Canary: seen.Health.Canary},
		Rules:      counts(e.Counters),
		TookMS:     e.Setup.TookNS.Milliseconds(),
		Started:    e.Setup.Started.UTC().Truncate(time.Millisecond),
		Scenario:   e.Scenario,
		Prediction: prediction,
		Trace:      seen,
		Ruleset:    e.Ruleset,
		Setup:      e.Setup,
	}
}

// read takes the trace from the capture; what stops it is reported as missing
// evidence beside the part that could be read.
func read(e evidence.Evidence) (rollover.Trace, []string) {
	clip := asf.NewClip(e.Setup.Clip.Duration)
	var missing []string
	if got := trace.Content(e.Scenario, clip).SHA256; got != e.Setup.Clip.SHA256 {
		missing = append(missing, fmt.Sprintf("clip: this version makes %.12s…, the trial offered %.12s…", got, e.Setup.Clip.SHA256))
	}
	capture, err := e.Capture()
	if errors.Is(err, os.ErrNotExist) {
		return rollover.Trace{}, missing // evidence.Read has listed it
	}
	if err != nil {
		return rollover.Trace{}, append(missing, err.Error())
	}
	defer capture.Close()
	sum := sha256.New()
	whole := io.TeeReader(capture, sum)
	seen, err := trace.Read(whole, e.Scenario, e.Setup, clip)
	if err != nil {
		missing = append(missing, fmt.Sprintf("%s: %v", evidence.CaptureFile, err))
	}
	if _, err := io.Copy(io.Discard, whole); err != nil {
		missing = append(missing, fmt.Sprintf("%s: %v", evidence.CaptureFile, err))
	}
	if got := hex.EncodeToString(sum.Sum(nil)); e.Setup.Capture != "" && got != e.Setup.Capture {
		missing = append(missing, fmt.Sprintf("%s: not the file that the trial wrote", evidence.CaptureFile))
	}
	return seen, missing
}

func counts(counters []rollover.Counter) []rollover.RuleCount {
	out := make([]rollover.RuleCount, len(counters))
	for i, c := range counters {
		out[i] = rollover.RuleCount{Name: c.Name, Packets: c.Packets}
	}
	return out
}
