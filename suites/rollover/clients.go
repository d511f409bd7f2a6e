package rollover

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// MostClients bounds the clients of one trial.
const MostClients = 100

// Variant is what some of several clients do otherwise than the scenario says
// of all; an empty field says nothing.
type Variant struct {
	Dialect Dialect  `json:"dialect,omitempty"`
	Moniker string   `json:"moniker,omitempty"`
	Limits  []Switch `json:"limits,omitempty"`
}

// Several reports that more than one client plays, all at once.
func (s Scenario) Several() bool { return s.Client.Count > 1 }

// OneAddress reports that the gateway at some time gives all clients its own
// address.
func (s Scenario) OneAddress() bool {
	return s.Profile.WithDefaults().NAT != firewall.NoNAT || slices.ContainsFunc(s.Then, func(e Event) bool {
		return e.Profile != nil && e.Profile.WithDefaults().NAT != firewall.NoNAT
	})
}

// Of is the scenario as the nth of its clients, counted from 1, has it: with
// one client, that one's variant, and the client's faults only if they are
// planted in it.
func (s Scenario) Of(n int) Scenario {
	if !s.Several() {
		return s
	}
	if mix := s.Client.Mix; len(mix) > 0 {
		s = s.varied(mix[(n-1)%len(mix)])
	}
	if f := s.Client.Faulty; f != 0 && f != n {
		s.Faults = slices.DeleteFunc(slices.Clone(s.Faults), func(id string) bool {
			f, ok := LookUpFault(id)
			return ok && f.Party == PartyClient
		})
	}
	s.Client.Count, s.Client.Mix, s.Client.Faulty = 1, nil, 0
	return s
}

// Views are the ways in which clients have the scenario, each once: the
// scenario itself, or those of a mix.
func (s Scenario) Views() []Scenario {
	if !s.Several() {
		return []Scenario{s}
	}
	var out []Scenario
	for n := range max(1, min(len(s.Client.Mix), s.Client.Count)) {
		out = append(out, s.Of(n+1))
	}
	return out
}

func (s Scenario) varied(v Variant) Scenario {
	if v.Dialect != "" {
		s.Dialect = v.Dialect
	}
	if v.Moniker != "" {
		s.Moniker = v.Moniker
	}
	if v.Limits != nil {
		s.Limits = v.Limits
	}
	return s
}

// Of is what the nth client, counted from 1, must do.
func (p Prediction) Of(n int) Prediction {
	if n < 1 || n > len(p.Clients) {
		return p
	}
	return p.Clients[n-1]
}

// Of is what the capture shows of the nth client, counted from 1.
func (t Trace) Of(n int) Trace {
	if n < 1 || n > len(t.Clients) {
		return t
	}
	return t.Clients[n-1]
}

// Of is the setup as it concerns the nth client, counted from 1: that one's
// host, and the exits that are no other client's.
func (s Setup) Of(n int) Setup {
	if n < 1 || n > len(s.Clients) {
		return s
	}
	s.Client, s.Clients = s.Clients[n-1], nil
	s.Exits = slices.DeleteFunc(slices.Clone(s.Exits), func(e Exit) bool { return e.Client != 0 && e.Client != n })
	return s
}

// of is what of a client's journal the nth client, counted from 1, wrote.
func (e JournalEntry) of(n int) bool {
	who, tagged := e.Fields["client"].(float64)
	return !tagged || int(who) == n
}

// attemptsOf are the attempts of each client.
func attemptsOf(t Trace) [][]Attempt {
	all := [][]Attempt{t.Attempts}
	for _, one := range t.Clients {
		all = append(all, one.Attempts)
	}
	return all
}

// EachClient is what a result says of each of several clients; nil of one.
func EachClient(p Prediction, t Trace, v Verdict) []ClientResult {
	var out []ClientResult
	for i, grade := range v.Clients {
		one := t.Of(i + 1)
		out = append(out, ClientResult{Client: i + 1, Predicted: p.Of(i + 1).String(), Observed: Observed(one), Final: Final(one), Verdict: grade})
	}
	return out
}

// ClientsText names clients by their ascending numbers, runs of three and more
// as ranges: "client 7", "clients 1, 4-6, 9".
func ClientsText(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
			i = j + 1
			continue
		}
		parts = append(parts, fmt.Sprint(numbers[i]))
		i++
	}
	word := "client "
	if len(numbers) > 1 {
		word = "clients "
	}
	return word + strings.Join(parts, ", ")
}
