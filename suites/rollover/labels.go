package rollover

import "slices"

// AllLabels returns the labels by which a scenario is selected: level,
// family, ladder (rtsp, mms, modern), dialect, and those the file writes, such
// as group-b and smoke.
func (s Scenario) AllLabels() []string {
	out := []string{string(s.Level), string(s.Family), s.LadderName(), string(s.Dialect)}
	for _, l := range s.Labels {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// LadderName says which of the three families of ladders a scenario is about:
// modern; mms, if it has MMS rungs only beside HTTP; else rtsp.
func (s Scenario) LadderName() string {
	if s.Dialect == Modern {
		return "modern"
	}
	l := s.Dialect.Home(s.Moniker)
	has := func(svc Service) bool {
		return slices.ContainsFunc(l, func(r Rung) bool { return r.Control() == svc })
	}
	if s.Dialect == WMP6 || has(ServiceMMS) && !has(ServiceRTSP) {
		return "mms"
	}
	return "rtsp"
}

// HasLabel reports whether the label is among [Scenario.AllLabels].
func (s Scenario) HasLabel(label string) bool { return slices.Contains(s.AllLabels(), label) }
