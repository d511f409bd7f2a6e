package reports

import (
	"fmt"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// MostShards is how many parts a selection may have.
const MostShards = 10_000

// Shard is which part of a selection a run has played: of every Total scenarios
// the one that comes Index-th.
type Shard struct {
	Index int    `json:"index"` // counted from 1
	Total int    `json:"total"`
	Of    int    `json:"of"`   // scenarios in the whole selection
	Plan  string `json:"plan"` // SHA-256 of the whole selection, which all shards share
}

// String is the shard as --shard takes it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Total) }

// partText says which part of a selection a run has played, or how many parts it
// was put together from; empty: it was played whole.
func partText(r Run) string {
	switch {
	case r.Shard != nil:
		return fmt.Sprintf("shard %v, of %s", r.Shard, count(r.Shard.Of, "scenario"))
	case len(r.Shards) > 0:
		return "merged from " + count(len(r.Shards), "shard")
	}
	return ""
}

// ShardInfo is where and when one shard of a merged run was played.
type ShardInfo struct {
	Index   int    `json:"index"` // counted from 1
	Host    Host   `json:"host"`
	Jobs    int    `json:"jobs"`
	Started string `json:"started"` // RFC 3339
	Took    string `json:"took"`    // for people
}

// SplitOff returns what of the selection belongs to the shard, in the
// selection's order, and the shard with what it has to remember of the whole.
// Shards differ by one scenario at most; what one does not play another does.
func SplitOff(index, total int, selection []rollover.Scenario) ([]rollover.Scenario, Shard, error) {
	plan, err := selectionHash(selection)
	if err != nil {
		return nil, Shard{}, err
	}
	var mine []rollover.Scenario
	for i := index - 1; i < len(selection); i += total {
		mine = append(mine, selection[i])
	}
	return mine, Shard{Index: index, Total: total, Of: len(selection), Plan: plan}, nil
}

// selectionHash tells selections apart: by their scenarios, to the last key,
// and their order.
func selectionHash(selection []rollover.Scenario) (string, error) {
	all, err := compact(withLists(selection))
	if err != nil {
		return "", fmt.Errorf("hash the selection: %w", err)
	}
	return hash(all), nil
}
