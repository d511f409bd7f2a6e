package trial

import (
	"bytes"
	"io"
	"sync"
)

// labelled is one log of several programs: each line says whose it is.
type labelled struct {
	mu sync.Mutex
	to io.Writer
}

// as is the log of one of the programs.
func (l *labelled) as(label string) *labelledWriter {
	return &labelledWriter{log: l, label: []byte(label)}
}

// labelledWriter holds back a line until it is whole, so that lines of two
// programs do not mix. What a program leaves without an end of line is written
// as soon as it is longer than a line should be.
type labelledWriter struct {
	log   *labelled
	label []byte
	open  []byte
}

// longLine is how much of a line is held back.
const longLine = 4 << 10

func (w *labelledWriter) Write(p []byte) (int, error) {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	w.open = append(w.open, p...)
	for {
		line, rest, whole := bytes.Cut(w.open, []byte("\n"))
		if !whole && len(line) < longLine {
			return len(p), nil
		}
		if err := w.line(line); err != nil {
			return 0, err
		}
		w.open = rest
	}
}

func (w *labelledWriter) line(text []byte) error {
	_, err := w.log.to.Write(append(append(bytes.Clone(w.label), text...), '\n'))
	return err
}

// Close writes what has no end of line.
func (w *labelledWriter) Close() error {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	if len(w.open) == 0 {
		return nil
	}
	err := w.line(w.open)
	w.open = nil
	return err
}
