package rollover

import "slices"

// AllLabels returns the labels by which a scenario is selected: level,
// family, ladder (rtsp, mms, modern), dialect, and those the file writes, such
// as group-b and smoke.
func (s Scenario) AllLabels() []string {
	out := []string{string(s.Level), string(s.Family), s.LadderName()}
	for _, l := range append([]string{string(s.Dialect)}, s.Labels...) {
		if !slices.Contains(out, l) { // the modern ladder is called as its dialect
			out = append(out, l)
		}
	}
	return out
}

// LadderName says which of the three families of ladders a scenario is about:
// modern, or the one that the first of its rungs leads: rtsp, mms.
func (s Scenario) LadderName() string {
	if s.Dialect == Modern {
		return "modern"
	}
	rungs := s.Dialect.Home(s.Moniker)
	for _, general := range Generals() { // a moniker may open nothing
		l, _, _, _ := LadderFor(s.Dialect, general)
		rungs = append(slices.Clone(rungs), l...)
	}
	for _, r := range rungs {
		if name := r.speaks().ladder; name != "" {
			return name
		}
	}
	return ""
}

// HasLabel reports whether the label is among [Scenario.AllLabels].
func (s Scenario) HasLabel(label string) bool { return slices.Contains(s.AllLabels(), label) }
