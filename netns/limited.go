package netns

import (
	"fmt"
	"io"
)

// limited passes on so many bytes, then a note, then nothing. It never refuses
// a write: a program must not be stopped or blocked by its own output.
type limited struct {
	w           io.Writer
	left, limit int64
	noted       bool
}

func (l *limited) Write(p []byte) (int, error) {
	part := p[:min(int64(len(p)), l.left)]
	l.left -= int64(len(part))
	if len(part) > 0 {
		if _, err := l.w.Write(part); err != nil {
			return 0, err
		}
	}
	if len(part) < len(p) && !l.noted {
		l.noted = true
		if _, err := fmt.Fprintf(l.w, "\n[output cut after %d bytes]\n", l.limit); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
