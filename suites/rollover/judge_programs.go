package rollover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// died asks whether a program was lost on the way. Exit codes are recorded and
// never believed; a program that dies is another matter, and what the capture
// then shows follows from it.
func (b *bench) died() {
	for _, e := range b.tookPart() {
		switch {
		case e.Party == PartyServer && e.ByItself:
			b.endedSo(e, "RO-ROLL-07", "the server goes on serving", "it ended by itself")
		case e.Party == PartyClient && e.ByItself && e.Code < 0:
			b.endedSo(e, "RO-ROLL-05", "the client ends in order", "it died")
		}
	}
}

// hung asks whether a client that had nothing left to try ended by itself.
func (b *bench) hung() {
	for _, e := range b.tookPart() {
		if e.Party == PartyClient && !e.ByItself && b.match.whole && Final(b.Trace) == None {
			b.endedSo(e, "RO-ROLL-05", "with nothing left to try the client ends with an error", "it had to be stopped")
		}
	}
}

// tookPart are the ends of those that were there when the client began;
// readiness has judged the others.
func (b *bench) tookPart() []Exit {
	h := b.Trace.Health
	return slices.DeleteFunc(slices.Clone(b.Setup.Exits), func(e Exit) bool {
		return !e.Ready || h.ClientFrames == 0 || e.Ended < h.FirstClient
	})
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
	b.stuck()
	for _, e := range b.Journals[b.Setup.SUT] {
		outcome, _ := e.Fields["outcome"].(string)
		switch {
		case b.Setup.SUT == PartyClient && e.Event == "final" && outcome == string(Played) && Final(b.Trace) == None:
			b.find(PartyClient, b.pretenceRule(), "a client that got no media ends with an error",
				"its journal says that it played; no media of the clip reached it", b.lastFrames())
		case b.Setup.SUT == PartyServer && e.Event == "log":
			b.serverLog(e)
		}
	}
}

// stuck finds a client that had to be stopped and does not know of the media
// that the capture shows at its door.
func (b *bench) stuck() {
	journal := b.Journals[PartyClient]
	if b.Setup.SUT != PartyClient || len(journal) == 0 || Final(b.Trace) == None ||
		slices.ContainsFunc(journal, func(e JournalEntry) bool {
			return e.Event == "playing" || e.Event == "final" && e.Fields["outcome"] == string(Played)
		}) {
		return
	}
	for _, e := range b.Setup.Exits {
		if e.Party == PartyClient && e.Ready && !e.ByItself {
			b.find(PartyClient, "RO-ROLL-05", "a client without media goes on to the next rung, or ends with an error",
				"it had to be stopped"+detail(e)+"; its journal tells of no media", b.lastFrames())
		}
	}
}

// pretenceRule is what a client breaks that takes what came last for media.
func (b *bench) pretenceRule() string {
	if n := len(b.Trace.Attempts); n > 0 && b.Trace.Attempts[n-1].Outcome == Broken {
		return cmp.Or(b.rungOf(n-1).breaks(breachNonsense), "RO-ROLL-05")
	}
	return "RO-ROLL-05"
}

func (b *bench) lastFrames() []FrameRef {
	if n := len(b.Trace.Attempts); n > 0 {
		return b.Trace.Attempts[n-1].Frames
	}
	return nil
}

// serverLog holds a line of the server's own log against what it served: there
// must be an attempt that the line can speak of.
func (b *bench) serverLog(e JournalEntry) {
	protocol, _ := e.Fields["protocol"].(string)
	transport, _ := e.Fields["transport"].(string)
	if protocol == "" || transport == "" {
		return // it speaks of something else
	}
	var frames []FrameRef
	var served []string
	for i, a := range b.Trace.Attempts {
		if slices.ContainsFunc(a.Candidates, func(r Rung) bool {
			return strings.EqualFold(protocol, string(r.Control())) && strings.EqualFold(transport, string(r.Data()))
		}) {
			return
		}
		if a.Outcome == Played {
			frames, served = append(frames, a.Frames...), append(served, string(b.rungOf(i)))
		}
	}
	if len(served) > 0 {
		b.find(PartyServer, "RO-LOG-101", "the log states the protocol and the transport that were used",
			fmt.Sprintf("it says %s over %s; what played is %s", protocol, transport, strings.Join(served, ", ")), frames)
	}
}
