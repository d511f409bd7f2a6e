package rollover

// Case is all that judging needs: what was to be, what was seen, and the
// witnesses beside the capture.
type Case struct {
	Scenario   Scenario
	Prediction Prediction
	Trace      Trace
	Setup      Setup
	Counters   []Counter
	Ruleset    string // nft text, for people
	Journals   map[Party][]JournalEntry
	Missing    []string // evidence files that are missing or damaged
}

// Judge compares prediction and trace.
func Judge(c Case) Verdict { return Verdict{Grade: Error} }
