package main

import (
	"fmt"
	"go/token"
	"slices"
)

// edits are insertions into a source text that may nest.
type edits struct {
	all   []edit
	pairs int
}

type edit struct {
	offset, cut int // where, and how many bytes go
	order       int // among the edits at one offset
	insert      string
}

// wrap puts before and after round a node. Nodes come from the outside in, so
// an outer before stands first, and an outer after last.
func (e *edits) wrap(fset *token.FileSet, from, to token.Pos, before, after string) {
	e.pairs++
	e.all = append(e.all,
		edit{fset.Position(from).Offset, 0, e.pairs, before},
		edit{fset.Position(to).Offset, 0, -e.pairs, after})
}

func (e *edits) replace(fset *token.FileSet, at token.Pos, length int, with string) {
	e.all = append(e.all, edit{fset.Position(at).Offset, length, 0, with})
}

func (e *edits) apply(source []byte) []byte {
	slices.SortStableFunc(e.all, func(a, b edit) int {
		if a.offset != b.offset {
			return a.offset - b.offset
		}
		return a.order - b.order
	})
	var out []byte
	done := 0
	for _, x := range e.all {
		out = append(out, source[done:x.offset]...)
		out = append(out, x.insert...)
		done = x.offset + x.cut
	}
	return append(out, source[done:]...)
}

func call(probe string, id int) string { return fmt.Sprintf("%s(%d, ", probe, id) }
