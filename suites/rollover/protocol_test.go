package rollover

import (
	"slices"
	"testing"
)

// Every protocol says what it must, and nothing that nobody knows.
func TestProtocolTable(t *testing.T) {
	t.Parallel()
	for _, p := range protocolTable {
		if p.service != ServiceNone {
			for _, b := range []FactKind{breachDoor, breachTimer, breachMedia, breachGranted} {
				if p.breaks[b] == "" {
					t.Errorf("%s: no requirement for %s", p.service, b)
				}
			}
			if p.absent == "" || p.otherwise.why == "" || p.reply == nil {
				t.Errorf("%s: it does not say how it refuses", p.service)
			}
			if p.service.Name() == "" || p.service.DefaultPort() == 0 {
				t.Errorf("%s: no row among the endpoints", p.service)
			}
		}
		knowsAll(t, string(p.service), p.breaks)
	}
	kinds := FactKinds()
	slices.Sort(kinds)
	if once := slices.Compact(slices.Clone(kinds)); len(once) != len(kinds) {
		t.Error("a kind of fact has two rules")
	}
	for _, r := range allFactRules() {
		if _, ok := holds[r.when]; !ok && r.when != always {
			t.Errorf("%s: nobody can say whether %s", r.kind, r.when)
		}
	}
}

// Every rung has a protocol and an endpoint, and one whose media goes by UDP says
// what is waited for.
func TestRungTable(t *testing.T) {
	t.Parallel()
	for _, r := range Rungs() {
		row := r.row()
		if !slices.Contains(protocolTable, row.speaks) {
			t.Errorf("%s: its protocol has no row", r)
		}
		if row.control != ServiceNone && !slices.Contains(ControlServices(), row.control) {
			t.Errorf("%s: its endpoint %q has no row", r, row.control)
		}
		if row.control != ServiceNone && doorRule(r) == "" {
			t.Errorf("%s: no requirement that its port be served", r)
		}
		if row.data != OverTCP && (len(row.awaits) == 0 || row.speaks.media == "") {
			t.Errorf("%s: media by UDP, and nobody says what comes from where", r)
		}
		if len(row.switches) == 0 {
			t.Errorf("%s: nothing switches it off", r)
		}
		knowsAll(t, string(r), row.breaks)
	}
}

func knowsAll(t *testing.T, where string, all breaches) {
	t.Helper()
	for b, id := range all {
		if _, known := LookUp(id); !known {
			t.Errorf("%s, %s: unknown requirement %s", where, b, id)
		}
		if _, fact := factRules[b]; !fact && !slices.Contains(namedBreaches, b) {
			t.Errorf("%s: %q is neither a fact nor a breach", where, b)
		}
	}
}

var namedBreaches = []FactKind{breachDoor, breachTimer, breachMedia, breachGranted, breachOrder, breachUnknown, breachOff, breachProbe,
	breachBroken, breachNonsense, breachTurned, breachStatus, breachChallenge, breachNext}
