package rollover

import (
	"fmt"
	"slices"
	"strconv"
)

// replyMeaning is what a lawful refusal means for the ladder (B.7).
type replyMeaning struct {
	outcome Outcome
	next    next
	why     string
}

// redirected stands for every 3xx status. Where the ladder goes on is not
// settled (U-06): it may end, or go on.
var redirected = replyMeaning{Rejected, either, "the server redirects the client with status %s"}

// meaning is what a refusal of the protocol's means; other codes mean all the
// same.
func (p *protocol) meaning(code string) replyMeaning {
	if m, known := p.replies[code]; known {
		return m
	}
	if p.redirects && isRedirect(code) {
		return redirected
	}
	return p.otherwise
}

// replies is B.3.5.4 and .5: a lawful refusal, or credentials that fail. A
// server that has both to say may say either.
func (o *oracle) replies(r Rung) []answer {
	var out []answer
	if m, code, ok := o.refusal(r); ok {
		a := answer{Step: Step{Rung: r, Outcome: m.outcome, Why: fmt.Sprintf(m.why, code), Window: o.afterRefusal(false)}, next: m.next}
		if o.s.Dialect.has(traitConnect) && a.next == either {
			a.next = stop // the proxy stops at "not found" (B.3.5.5)
		}
		// What DESCRIBE is refused says nothing about a transport, so the
		// client may or may not ask again for the other one.
		a.twin = code != "461"
		out = append(out, a)
	}
	why := ""
	switch auth := o.s.Offer.Auth; {
	case auth == nil || auth.Client == "right":
		return out
	case auth.Client == "wrong":
		why = "the server does not accept the client's credentials"
	default:
		why = "the client has no credentials for the server's challenge"
	}
	return append(out, answer{Step: Step{Rung: r, Outcome: Denied, Why: why}, next: stop})
}

// refusal looks up what the offer answers on the rung's endpoint.
func (o *oracle) refusal(r Rung) (m replyMeaning, code string, ok bool) {
	code, ok = o.s.Offer.Reply[string(r.Control())]
	return r.door().meaning(code), code, ok
}

func isRedirect(code string) bool {
	n, err := strconv.Atoi(code)
	return err == nil && n/100 == 3
}

// outcome is what a refusing code of the protocol's makes of an attempt, the
// table of rollover.md B.7.
func (p *protocol) outcome(code string) Outcome { return p.meaning(code).outcome }

func (p *protocol) statusOutcome(status int) Outcome { return p.outcome(strconv.Itoa(status)) }

// documentedFaults are those that may be planted in the fixture's side; their
// effect stands in rollover.md E, and the oracle reads them as conditions.
var documentedFaults = []string{"E-03", "E-17", "F-19", "F-20"}

// PredictAgainst is [Predict] for a trial in which sut is under test: faults
// planted in the other side are conditions with a documented effect. A fault
// there whose effect is not documented is an error, as nobody could say what
// a faultless SUT does against it.
func PredictAgainst(s Scenario, sut Party, row ClientRow, t Timing) (Prediction, error) {
	var planted []string
	for _, id := range s.Faults {
		f, ok := LookUpFault(id)
		switch {
		case !ok:
			return Prediction{}, fmt.Errorf("scenario %s: unknown fault %q", s.ID, id)
		case f.Party == sut:
		case slices.Contains(documentedFaults, id):
			planted = append(planted, id)
		default:
			return Prediction{}, fmt.Errorf("scenario %s: fault %s lies in the %s, which is not under test, and its effect there is not documented (documented: %v)",
				s.ID, id, f.Party, documentedFaults)
		}
	}
	return several(s, func(one Scenario) *oracle {
		o := newOracle(one, row, t)
		o.planted = slices.DeleteFunc(slices.Clone(planted), func(id string) bool { return !slices.Contains(one.Faults, id) })
		return o
	}), nil
}
