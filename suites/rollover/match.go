package rollover

import "slices"

// alignment is how far the attempts go along with a prediction.
type alignment struct {
	steps    []Step // of the sequence that fits best, skipped ones left out
	stepOf   []int  // for each attempt that fits: its step
	whole    bool   // all attempts fit and no obligatory step is missing
	expected []Step // whole false: what could have come next; empty: nothing
}

// align walks the attempts along every sequence of the prediction. A step fits
// an attempt when its rung is among the candidates and the outcomes agree;
// optional steps may be passed over. Of sequences that do not fit, the one
// that is followed furthest counts, and of those, one that expects the rung
// that came.
func align(p Prediction, attempts []Attempt) alignment {
	best, bestRank := alignment{}, -1
	for _, seq := range p.Sequences {
		w := walk{steps: performed(seq), attempts: attempts, rank: -1}
		w.from(0, nil)
		if w.best.whole {
			return w.best
		}
		if w.rank > bestRank {
			best, bestRank = w.best, w.rank
		}
	}
	return best
}

// performed leaves out the steps that leave no frame.
func performed(seq []Step) []Step {
	return slices.DeleteFunc(slices.Clone(seq), func(s Step) bool { return s.Outcome == Skipped })
}

type walk struct {
	steps    []Step
	attempts []Attempt
	best     alignment
	rank     int // twice the attempts that fit, and one if the next names the right rung
}

// from tries all ways on from step j with len(taken) attempts placed.
func (w *walk) from(j int, taken []int) {
	if w.best.whole {
		return
	}
	w.consider(j, taken)
	if j == len(w.steps) {
		return
	}
	if i := len(taken); i < len(w.attempts) && w.steps[j].fits(w.attempts[i]) {
		w.from(j+1, append(slices.Clone(taken), j))
	}
	if w.steps[j].Optional {
		w.from(j+1, taken)
	}
}

func (w *walk) consider(j int, taken []int) {
	expected, may := ahead(w.steps[j:])
	whole := len(taken) == len(w.attempts) && may
	rank := 2 * len(taken)
	if len(taken) < len(w.attempts) && slices.ContainsFunc(expected, func(s Step) bool {
		return slices.Contains(w.attempts[len(taken)].Candidates, s.Rung)
	}) {
		rank++
	}
	if whole || rank > w.rank {
		w.rank = rank
		w.best = alignment{steps: w.steps, stepOf: slices.Clone(taken), whole: whole, expected: expected}
	}
}

// ahead lists the steps that may come first, up to the first obligatory one,
// and says whether none need come.
func ahead(steps []Step) (expected []Step, mayEnd bool) {
	for _, s := range steps {
		expected = append(expected, s)
		if !s.Optional {
			return expected, false
		}
	}
	return expected, true
}

func (s Step) fits(a Attempt) bool {
	return s.Outcome == a.Outcome && slices.Contains(a.Candidates, s.Rung)
}

// step is the predicted step that attempt i fits.
func (m alignment) step(i int) (Step, bool) {
	if i < 0 || i >= len(m.stepOf) {
		return Step{}, false
	}
	return m.steps[m.stepOf[i]], true
}
