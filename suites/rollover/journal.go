package rollover

import "time"

// JournalEntry is one line of a fixture's journal, or of a program's that
// keeps to the same form. It is a party's word about itself: it may convict
// that party where the capture contradicts it, and nobody else.
type JournalEntry struct {
	Time   time.Time
	Event  string
	Fields map[string]any
}
