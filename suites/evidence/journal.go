package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// What is read of a journal, which a program of somebody else may have written.
const (
	maxJournal     = 16 << 20
	maxJournalLine = 1 << 20
)

// readJournal reads JSON lines with at least a time and a msg; what else a
// line holds is kept as it is. A line that is none of ours is an error that
// names it, after the lines before it.
func readJournal(path string) ([]rollover.JournalEntry, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > maxJournal {
		return nil, fmt.Errorf("%s: %d bytes, more than %d", path, info.Size(), maxJournal)
	}
	var entries []rollover.JournalEntry
	scan := bufio.NewScanner(io.LimitReader(file, maxJournal))
	scan.Buffer(nil, maxJournalLine)
	for n := 1; scan.Scan(); n++ {
		if len(bytes.TrimSpace(scan.Bytes())) == 0 {
			continue
		}
		var fields map[string]any
		if err := json.Unmarshal(scan.Bytes(), &fields); err != nil {
			return entries, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		entries = append(entries, entry(fields))
	}
	if err := scan.Err(); err != nil {
		return entries, fmt.Errorf("%s: %w", path, err)
	}
	return entries, nil
}

func entry(fields map[string]any) rollover.JournalEntry {
	var e rollover.JournalEntry
	if text, ok := fields["time"].(string); ok {
		e.Time, _ = time.Parse(time.RFC3339Nano, text)
	}
	e.Event, _ = fields["msg"].(string)
	delete(fields, "time")
	delete(fields, "level")
	delete(fields, "msg")
	e.Fields = fields
	return e
}
