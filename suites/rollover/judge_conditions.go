package rollover

// condition says in which cases a fact counts.
type condition string

// The conditions, each as a sentence that is true where the fact counts.
const (
	always            condition = ""
	unhindered        condition = "neither the scenario nor the path cuts the stream short"
	lossless          condition = "no rule thins the flow, and no link is too narrow for it"
	clientProbes      condition = "the client is one that asks for packet pairs"
	keepsClients      condition = "the server sends nobody elsewhere"
	ownName           condition = "the client calls itself what it is, and not what the scenario says"
	serverSpeaks      condition = "the offer does not make the control ports mute"
	readersTurnedAway condition = "the server is of a generation that has the protocol for old players only"
	asDialect         condition = "the client lives by its dialect's rules, and not by a ladder and timers of its own"
	serverSends       condition = "no firewall on the server's host keeps media from leaving it"
	clientHears       condition = "no firewall on the client's host answers or hides media that reached it"
	clientLeaves      condition = "no firewall on the client's host keeps back what it sends on its control connections"
	serverResends     condition = "no firewall on the server's host keeps a request for lost packets from the program, or the packets from leaving it"
	serverResets      condition = "no firewall on the server's host resets connections in its name, and the gateway does not rename the client on the way"
)

// holds has a function for each condition but always.
var holds = map[condition]func(*bench, Fact) bool{
	unhindered:        (*bench).unhindered,
	lossless:          (*bench).lossless,
	clientProbes:      (*bench).clientProbes,
	keepsClients:      (*bench).keepsClients,
	ownName:           (*bench).ownName,
	serverSpeaks:      (*bench).serverSpeaks,
	readersTurnedAway: (*bench).readersTurnedAway,
	asDialect:         (*bench).asDialect,
	serverSends:       (*bench).serverSends,
	clientHears:       (*bench).clientHears,
	clientLeaves:      (*bench).clientLeaves,
	serverResends:     (*bench).serverResends,
	serverResets:      (*bench).serverResets,
}

// applies reports that the fact counts in this case.
func (b *bench) applies(r factRule, f Fact) bool {
	return r.when == always || holds[r.when](b, f)
}

func (b *bench) unhindered(f Fact) bool {
	s, ok := b.match.step(f.Attempt)
	thinned := ok && s.Lossy && s.Rung.Data() == OverUDP && !b.serverSends(f)
	return len(b.Scenario.Then) == 0 && !(ok && s.Cut) && !thinned
}

func (b *bench) lossless(f Fact) bool {
	if s, ok := b.match.step(f.Attempt); ok && (s.Lossy || s.Cut) {
		return false
	}
	for _, r := range b.Scenario.Profile.Rules {
		if r.Every > 1 || r.Fragments {
			return false
		}
	}
	return len(b.Scenario.Then) == 0 && b.Scenario.Link.Rate == 0
}

func (b *bench) clientProbes(Fact) bool {
	return !b.Setup.Row.NoPairs && b.Scenario.Dialect.has(traitPairs) && !b.Scenario.Client.Has(HabitPlain)
}

func (b *bench) keepsClients(Fact) bool { return !b.Scenario.Offer.Redirects() }

func (b *bench) ownName(Fact) bool { return b.Scenario.Client.Agent == "" }

func (b *bench) serverSpeaks(Fact) bool { return b.Scenario.Offer.Reply["connect"] != ReplyMute }

func (b *bench) readersTurnedAway(Fact) bool { return b.Scenario.Offer.turnsReadersAway() }

func (b *bench) asDialect(Fact) bool {
	row := b.Setup.Row
	return len(row.Ladders) == 0 && row.Data == 0 && !row.NoPairs
}
