package rollover

import "fmt"

// programs asks how those who took part ended. Exit codes are recorded and
// never believed; a program that dies, or that never ends by itself, is
// another matter.
func (b *bench) programs() {
	h := b.Trace.Health
	for _, e := range b.Setup.Exits {
		if !e.Ready || h.ClientFrames == 0 || e.Ended < h.FirstClient {
			continue // readiness has judged it
		}
		switch {
		case e.Party == PartyServer && e.ByItself:
			b.endedSo(e, "RO-ROLL-07", "the server goes on serving", "it ended by itself")
		case e.Party == PartyClient && e.ByItself && e.Code < 0:
			b.endedSo(e, "RO-ROLL-05", "the client ends in order", "it died")
		case e.Party == PartyClient && !e.ByItself && b.match.whole && Final(b.Trace) == None:
			b.endedSo(e, "RO-ROLL-05", "with nothing left to try the client ends with an error", "it had to be stopped")
		}
	}
}

// endedSo files a program's end: the fixture's own is the rig's trouble.
func (b *bench) endedSo(e Exit, requirement, expected, seen string) {
	seen = fmt.Sprintf("%s (%s)%s, %s into the capture", seen, e.Program, detail(e), e.Ended)
	if e.Party != b.Setup.SUT {
		b.trouble(expected, seen)
		return
	}
	b.find(e.Party, requirement, expected, seen, nil)
}

// testimony holds the journal of the side under test against the capture. A
// party's word about itself may convict it; it acquits nobody and convicts no
// one else.
func (b *bench) testimony() {
	for _, e := range b.Journals[b.Setup.SUT] {
		outcome, _ := e.Fields["outcome"].(string)
		if b.Setup.SUT == PartyClient && e.Event == "final" && outcome == string(Played) && Final(b.Trace) == None {
			b.find(PartyClient, "RO-ROLL-05", "a client that got no media ends with an error",
				"its journal says that it played; no media of the clip reached it", nil)
		}
	}
}
