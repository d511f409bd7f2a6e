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

var rtspReplies = map[string]replyMeaning{
	"401": {Denied, stop, "the server demands credentials (status %s)"},
	"407": {Denied, stop, "the server demands credentials (status %s)"},
	"403": {Denied, stop, "the server forbids it (status %s)"},
	"453": {Denied, stop, "the server has no bandwidth left (status %s)"},
	"503": {Denied, stop, "the server is full (status %s)"},
	"404": {Denied, either, "the server has no such content (status %s); whether that ends the search is open"},
	"461": {Rejected, goOn, "the server refuses every transport with status %s"},
}

var httpReplies = map[string]replyMeaning{
	"401": {Denied, stop, "the server demands credentials (status %s)"},
	"407": {Denied, stop, "the server demands credentials (status %s)"},
	"403": {Denied, stop, "the server forbids it (status %s)"},
	"503": {Denied, stop, "the server is full (status %s)"},
	"404": {Denied, either, "the server has no such content (status %s); whether that ends the search is open"},
}

// mmsReplies are result codes of Connect and OpenFile (protocols/mms.md).
var mmsReplies = map[string]replyMeaning{
	"0x80070005": {Denied, stop, "the server denies access (result %s)"},
	"0xC00D000E": {Denied, stop, "the server is busy (result %s)"},
	"0xC00D000F": {Denied, stop, "the server has too many sessions (result %s)"},
	"0xC00D0049": {Denied, stop, "the server has too many clients (result %s)"},
	"0x80070002": {Denied, either, "the server has no such file (result %s)"},
	"0x80070003": {Denied, either, "the server has no such path (result %s)"},
	"0xC00D001A": {Denied, either, "the server has no such file (result %s)"},
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
	if !ok {
		return replyMeaning{}, "", false
	}
	switch r.Control() {
	case ServiceMMS:
		if m, known := mmsReplies[code]; known {
			return m, code, true
		}
		return replyMeaning{Rejected, goOn, "the server refuses MMS with result %s"}, code, true
	case ServiceHTTP:
		if m, known := httpReplies[code]; known {
			return m, code, true
		}
		if isRedirect(code) {
			return redirected, code, true
		}
		return replyMeaning{Rejected, goOn, "the server refuses HTTP streaming with status %s"}, code, true
	}
	if m, known := rtspReplies[code]; known {
		return m, code, true
	}
	if isRedirect(code) {
		return redirected, code, true
	}
	return replyMeaning{Broken, goOn, "the server answers with status %s"}, code, true
}

func isRedirect(code string) bool {
	n, err := strconv.Atoi(code)
	return err == nil && n/100 == 3
}

// RTSPStatusOutcome is what an RTSP error status means for the ladder, the
// table of rollover.md B.7; HTTPStatusOutcome the same for HTTP.
func RTSPStatusOutcome(status int) Outcome { return statusOutcome(rtspReplies, status, Broken) }

// HTTPStatusOutcome is what an HTTP error status means for the ladder.
func HTTPStatusOutcome(status int) Outcome { return statusOutcome(httpReplies, status, Rejected) }

// MMSResultOutcome is what an error result of Connect or OpenFile means.
func MMSResultOutcome(result uint32) Outcome {
	if m, ok := mmsReplies[fmt.Sprintf("0x%08X", result)]; ok {
		return m.outcome
	}
	return Rejected
}

func statusOutcome(table map[string]replyMeaning, status int, other Outcome) Outcome {
	code := strconv.Itoa(status)
	if m, ok := table[code]; ok {
		return m.outcome
	}
	if isRedirect(code) {
		return redirected.outcome
	}
	return other
}

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
