package trial

import (
	"bytes"
	"sync"
)

// lineLog watches a program's output for a text.
type lineLog struct {
	line string        // empty: nothing is watched for
	seen chan struct{} // closed when the text has come

	mu   sync.Mutex
	tail []byte // what may be the beginning of the text
	done bool
}

func (l *lineLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.line == "" || l.done {
		return len(p), nil
	}
	l.tail = append(l.tail, p...)
	if bytes.Contains(l.tail, []byte(l.line)) {
		l.done = true
		close(l.seen)
	}
	if keep := len(l.line) - 1; len(l.tail) > keep {
		l.tail = append([]byte(nil), l.tail[len(l.tail)-keep:]...)
	}
	return len(p), nil
}
