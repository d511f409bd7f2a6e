package main

import (
	"fmt"
	"io"
	"path/filepath"
)

// A result is what became of a package's mutants.
type result struct {
	pkg       string
	all       int
	survivors []survivor
}

type survivor struct {
	mutant
	unreached bool
}

// share is the share of mutants killed, in percent.
func (r result) share() float64 {
	if r.all == 0 {
		return 0
	}
	return 100 * float64(r.all-len(r.survivors)) / float64(r.all)
}

func (r result) print(w io.Writer) {
	for _, s := range r.survivors {
		why := "survived"
		if s.unreached {
			why = "reached by no test"
		}
		fmt.Fprintf(w, "%s/%s:%d:%d: %s: %s\n", r.pkg, filepath.Base(s.position.Filename), s.position.Line, s.position.Column, s.change, why)
	}
	fmt.Fprintf(w, "%s: %d of %d mutants killed, %.1f %%\n", r.pkg, r.all-len(r.survivors), r.all, r.share())
}
