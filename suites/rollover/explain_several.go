package rollover

import (
	"fmt"
	"slices"
)

// alike is clients that must do the same.
type alike struct {
	clients    []int
	prediction Prediction
}

// alike gathers the clients that must do the same, for the same reasons.
func (p Prediction) alike() []alike {
	var out []alike
	for n, one := range p.Clients {
		i := slices.IndexFunc(out, func(a alike) bool {
			return slices.EqualFunc(a.prediction.Sequences, one.Sequences, func(x, y []Step) bool { return slices.Equal(x, y) })
		})
		if i < 0 {
			out = append(out, alike{prediction: one})
			i = len(out) - 1
		}
		out[i].clients = append(out[i].clients, n+1)
	}
	return out
}

// explainClients says how many clients play, and what some do otherwise.
func explainClients(w *page, s Scenario, p Prediction) {
	if !s.Several() {
		return
	}
	how := "at once"
	if p.InTurn {
		how = fmt.Sprintf("one after the other, as the UDP ports %s may not be enough for all", s.Client.Ports)
	}
	w.paragraph("  ", fmt.Sprintf("%d clients play, %s", s.Client.Count, how))
	for i, v := range s.Client.Mix {
		var numbers []int
		for n := i + 1; n <= s.Client.Count; n += len(s.Client.Mix) {
			numbers = append(numbers, n)
		}
		if pairs := variantPairs(v); len(pairs) > 0 && len(numbers) > 0 {
			w.hanging("    ", ClientsText(numbers)+" with "+joinWords(pairs))
		}
	}
	if n := s.Client.Faulty; n > 0 {
		w.paragraph("  ", fmt.Sprintf("Client faults are planted in client %d alone", n))
	}
}
