package reports

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// entry is one line of progress.jsonl.
type entry struct {
	N      int             `json:"n"`    // counted from 1
	Prev   string          `json:"prev"` // SHA-256 of the line before, without its line feed; of the plan for the first
	Result rollover.Result `json:"result"`
}

// Progress writes the progress log of a run. It is safe for concurrent use.
type Progress struct {
	mu   sync.Mutex
	w    io.Writer
	n    int
	prev string
	err  error
}

// NewProgress begins the log of the planned run. Nothing is written yet.
func NewProgress(w io.Writer, planned Run) (*Progress, error) {
	seed, err := planHash(planned)
	if err != nil {
		return nil, err
	}
	return &Progress{w: w, prev: seed}, nil
}

// Append writes the line of a finished trial with a single call of Write, so
// that a killed process leaves at most one torn line. A trial may be appended
// again after it was verified; the later line counts. After a write failed
// every further call returns that error: a log with a hole proves nothing.
func (p *Progress) Append(r rollover.Result) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	line, err := compact(entry{N: p.n + 1, Prev: p.prev, Result: withLists(r)})
	if err != nil {
		return fmt.Errorf("append %s to the progress log: %w", r.ID, err)
	}
	if _, err := p.w.Write(append(line, '\n')); err != nil {
		p.err = fmt.Errorf("append %s to the progress log: %w", r.ID, err)
		return p.err
	}
	p.n++
	p.prev = hash(line)
	return nil
}

// Rebuild verifies a progress log against the planned run and returns the
// run with what was finished; the rest stays notRun. A torn last line (one
// without a line feed) is left out. A broken chain, a foreign log or a line
// that cannot be read is an error that names the line.
func Rebuild(log io.Reader, planned Run) (Run, error) {
	prev, err := planHash(planned)
	if err != nil {
		return Run{}, err
	}
	run := planned
	run.Results = append([]rollover.Result(nil), planned.Results...)
	at := make(map[string]int, len(run.Results))
	for i, r := range run.Results {
		at[r.ID] = i
	}
	finished := make(map[string]bool, len(at))
	lines := bufio.NewReader(log)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Run{}, fmt.Errorf("read progress log: %w", err)
		}
		line = bytes.TrimSuffix(line, []byte("\n"))
		e, err := readEntry(line, n, prev)
		if err != nil {
			return Run{}, fmt.Errorf("progress log, line %d: %w", n, err)
		}
		i, known := at[e.Result.ID]
		if !known {
			return Run{}, fmt.Errorf("progress log, line %d: %s is no part of the run", n, e.Result.ID)
		}
		run.Results[i] = e.Result
		finished[e.Result.ID] = true
		prev = hash(line)
	}
	return closed(run, len(finished)), nil
}

func readEntry(line []byte, n int, prev string) (entry, error) {
	var e entry
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	switch err := d.Decode(&e); {
	case err != nil:
		return e, err
	case d.More():
		return e, errors.New("more than one value")
	case e.Prev != prev:
		return e, errors.New("does not follow from the line before: a line was changed, taken out or put in, or the log is another run's")
	case e.N != n:
		return e, fmt.Errorf("is numbered %d", e.N)
	}
	return e, nil
}

// closed gives a rebuilt run its end: the last moment a trial is known to
// have ended, and the reason why it is short if it is.
func closed(run Run, finished int) Run {
	if !run.Stopped.After(run.Started) {
		run.Stopped = run.Started
		for _, r := range run.Results {
			if end := r.Started.Add(took(r)); end.After(run.Stopped) {
				run.Stopped = end
			}
		}
	}
	if finished < len(run.Results) && run.Aborted == "" {
		run.Aborted = Killed
	}
	return run
}

// planHash ties a log to its run: it covers who was judged by what, when, and
// which scenarios in which order, and nothing that changes while the run
// goes on.
func planHash(r Run) (string, error) {
	ids := make([]string, len(r.Results))
	for i, res := range r.Results {
		ids[i] = res.ID
	}
	plan, err := compact(struct {
		Schema  int
		Tool    Build
		Target  TargetInfo
		Started string
		IDs     []string
	}{SchemaVersion, r.Tool, r.Target, r.Started.UTC().Format("2006-01-02T15:04:05.999999999Z"), ids})
	if err != nil {
		return "", fmt.Errorf("hash the plan of the run: %w", err)
	}
	return hash(plan), nil
}

func hash(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// compact is a value's JSON on one line, without escaping for HTML.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
