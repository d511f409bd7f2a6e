package trial

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
)

// lineLog watches a program's output for a text, and remembers its last line.
type lineLog struct {
	line string        // empty: nothing is watched for
	seen chan struct{} // closed when the text has come

	mu   sync.Mutex
	tail []byte // what may be the beginning of the text
	done bool
	last []byte // the end of the output
}

// lastBytes is how much of the end of the output is kept.
const lastBytes = 400

func (l *lineLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = end(append(l.last, p...), lastBytes)
	if l.line == "" || l.done {
		return len(p), nil
	}
	l.tail = append(l.tail, p...)
	if bytes.Contains(l.tail, []byte(l.line)) {
		l.done = true
		close(l.seen)
	}
	l.tail = end(l.tail, len(l.line)-1)
	return len(p), nil
}

// end is the last n bytes, in memory of their own.
func end(b []byte, n int) []byte {
	return bytes.Clone(b[max(0, len(b)-n):])
}

// lastLine is the last line that says something; empty: none did.
func (l *lineLog) lastLine() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := strings.FieldsFunc(strings.ToValidUTF8(string(l.last), "?"), func(r rune) bool { return r == '\n' || r == '\r' })
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, lines[i]))
		if line != "" {
			return line
		}
	}
	return ""
}
