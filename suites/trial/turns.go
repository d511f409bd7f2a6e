package trial

import "context"

// Turns lets few trials at a time do what keeps the processors busy: building a
// lab, and judging. Trials wait far more than they work, so that many fit into
// one machine, but what many of them begin at once makes the fixtures of all
// others late. Nil: everybody's turn is at once.
type Turns chan struct{}

// NewTurns returns turns for n trials at a time.
func NewTurns(n int) Turns { return make(Turns, max(n, 1)) }

// do calls f when it is the trial's turn; the error is f's, or that of a
// context that ended before.
func (t Turns) do(ctx context.Context, f func() error) error {
	if t == nil {
		return f()
	}
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-t }()
	return f()
}
