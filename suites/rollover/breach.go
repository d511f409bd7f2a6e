package rollover

import "cmp"

// breaches says which requirement a thing breaks that the judge found: a fact,
// or one of the breaches below. A rung's own word goes before its protocol's.
type breaches map[FactKind]string

// The breaches that no single fact shows. Those of the first group every
// protocol with a control leg must have a requirement for; of the second, where
// its own rules say something that the general ones do not.
const (
	breachDoor    FactKind = "door"    // nobody takes connections where it is served
	breachTimer   FactKind = "timer"   // a client gives media less than its time, or more
	breachMedia   FactKind = "media"   // what was granted brings no media
	breachGranted FactKind = "granted" // what was to be refused is granted

	breachOrder     FactKind = "order"     // its ladder is not walked in its order
	breachUnknown   FactKind = "unknown"   // tried by a client of a generation that does not know it
	breachOff       FactKind = "off"       // served although it is switched off in the server
	breachProbe     FactKind = "probe"     // what comes before media does not come
	breachBroken    FactKind = "broken"    // the server breaks the protocol
	breachNonsense  FactKind = "nonsense"  // an answer that is another server's
	breachTurned    FactKind = "turned"    // a client is turned away before it has named a rung
	breachStatus    FactKind = "status"    // an error where it should have served
	breachChallenge FactKind = "challenge" // credentials are asked for that nobody needs
	breachNext      FactKind = "next"      // a port that served a client does not serve the next
)

// breaks is the requirement that the breach breaks on that rung, if its row or
// its protocol's has a word for it.
func (r Rung) breaks(b FactKind) string {
	row := r.row()
	return cmp.Or(row.breaks[b], row.speaks.breaks[b])
}
