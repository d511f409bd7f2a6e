package rollover

import (
	"fmt"
	"slices"
	"strings"
)

// The dialects (rollover.md B.2).
const (
	WMP6     Dialect = "wmp6"     // Windows Media Player 6.4, 7 and 8
	WMP9     Dialect = "wmp9"     // 9 Series and 10
	WMP11    Dialect = "wmp11"    // 11 and 12
	WMF      Dialect = "wmf"      // Windows Media Format SDK, as documented
	MF       Dialect = "mf"       // Media Foundation
	Card     Dialect = "card"     // this project's two ladders
	Modern   Dialect = "modern"   // RFC 2326 and 7826 clients
	WMSProxy Dialect = "wmsproxy" // cache proxy plug-in, as the sample has it
)

// dialectRow is one row of the table of ladders. A ladder is written in the
// notation's manner: a question mark says that the rung may be left out.
type dialectRow struct {
	dialect  Dialect
	ladders  map[string]string // what each general moniker names
	explicit map[string]string // monikers that bar rollover
	general  []string          // general monikers, in the order of messages
	traits   map[dialectTrait]bool
	later    bool // the fixtures do not speak it yet
}

// dialectTrait is a rule that some dialects share and that no ladder shows.
type dialectTrait string

const (
	traitFastCache  dialectTrait = "fast-cache"  // TCP before UDP where Fast Cache is on (B.3.2)
	traitRTSPReader dialectTrait = "rtsp-reader" // WMS 9 turns it away from MMS (RO-PRT-102)
	traitPolicy     dialectTrait = "policy"      // with every protocol off nothing opens (RO-CLI-103)
	traitConnect    dialectTrait = "connect"     // only a connection failure rolls over (RO-ROLL-105)
	traitPairs      dialectTrait = "pairs"       // learns from UDP packet pairs that UDP is closed
	traitStreams    dialectTrait = "streams"     // takes each stream at a pair of ports of its own (RFC 2326 12.39)
)

var (
	pinnedRTSP = map[string]string{"rtspu": "RTSPU", "rtspt": "RTSPT", "http": "HTTP"}
	pinnedAll  = map[string]string{"rtspu": "RTSPU", "rtspt": "RTSPT", "mmsu": "MMSU", "mmst": "MMST", "http": "HTTP"}
)

func traits(t ...dialectTrait) map[dialectTrait]bool {
	out := map[dialectTrait]bool{}
	for _, each := range t {
		out[each] = true
	}
	return out
}

var dialectTable = []dialectRow{
	{dialect: WMP6, ladders: map[string]string{"mms": "MMSU MMST HTTP", "rtsp": ""}, general: []string{"mms", "rtsp"},
		explicit: map[string]string{"mmsu": "MMSU", "mmst": "MMST", "http": "HTTP"},
		traits:   traits(traitPolicy)},
	{dialect: WMP9, ladders: map[string]string{"mms": "RTSPU RTSPT MMSU? MMST? HTTP", "rtsp": "RTSPU RTSPT HTTP"}, general: []string{"mms", "rtsp"},
		explicit: map[string]string{"rtspu": "RTSPU", "rtspt": "RTSPT", "http": "HTTP", "mmsu": "MMSU?", "mmst": "MMST?"}, // U-04
		traits:   traits(traitFastCache, traitRTSPReader, traitPolicy, traitPairs)},
	{dialect: WMP11, ladders: map[string]string{"mms": "RTSPU RTSPT HTTP", "rtsp": "RTSPU RTSPT HTTP"}, general: []string{"mms", "rtsp"},
		explicit: pinnedRTSP,
		traits:   traits(traitFastCache, traitRTSPReader, traitPolicy, traitPairs)},
	{dialect: WMF, ladders: map[string]string{"mms": "RTSPU RTSPT MMSU MMST HTTP", "rtsp": "RTSPU RTSPT"}, general: []string{"mms", "rtsp"},
		explicit: pinnedAll,
		traits:   traits(traitFastCache, traitRTSPReader, traitPairs)},
	{dialect: MF, ladders: map[string]string{"mms": "RTSPU RTSPT HTTP HTTPD?", "rtsp": "RTSPU RTSPT HTTP HTTPD?"}, general: []string{"mms", "rtsp"},
		explicit: map[string]string{"rtspu": "RTSPU", "rtspt": "RTSPT", "http": "HTTP HTTPD?", "httpd": "HTTPD"},
		traits:   traits(traitFastCache, traitRTSPReader, traitPairs)},
	{dialect: WMSProxy, ladders: map[string]string{"mms": "HTTP RTSPU RTSPT", "rtsp": "HTTP RTSPU RTSPT"}, general: []string{"mms", "rtsp"},
		traits: traits(traitRTSPReader, traitConnect, traitPairs)},
	{dialect: Card, ladders: map[string]string{"mms": "MMSU MMST HTTP", "rtsp": "RTSPU RTSPT HTTP"}, general: []string{"mms", "rtsp"},
		explicit: pinnedAll,
		traits:   traits(traitPairs)}, // no generation of players, so Fast Cache changes nothing
	{dialect: Modern, ladders: map[string]string{"rtsp": "RTSPU RTSPM? RTSPT RTSPH?"}, general: []string{"rtsp"},
		explicit: map[string]string{"rtspu": "RTSPU", "rtspt": "RTSPT", "rtsph": "RTSPH", "rtsps": "RTSPS"},
		traits:   traits(traitStreams)},
}

// Dialects returns every dialect.
func Dialects() []Dialect {
	out := make([]Dialect, len(dialectTable))
	for i, row := range dialectTable {
		out[i] = row.dialect
	}
	return out
}

func (d Dialect) row() (dialectRow, error) {
	for _, row := range dialectTable {
		if row.dialect == d {
			return row, nil
		}
	}
	return dialectRow{}, fmt.Errorf("unknown dialect %q (known: %s)", d, joinWords(Dialects()))
}

func (d Dialect) has(t dialectTrait) bool {
	row, err := d.row()
	return err == nil && row.traits[t]
}

// Later reports that the fixtures do not speak the dialect yet.
func (d Dialect) Later() bool {
	row, err := d.row()
	return err == nil && row.later
}

// knows reports whether the dialect's clients ever speak the rung's protocol.
func (d Dialect) knows(r Rung) bool {
	return slices.ContainsFunc(d.Monikers(), func(moniker string) bool {
		l, _, _, err := LadderFor(d, moniker)
		return err == nil && slices.ContainsFunc(l, func(own Rung) bool { return own.speaks() == r.speaks() })
	})
}

// Generals returns the monikers that name a ladder, and no rung of it.
func Generals() []string {
	var out []string
	for _, p := range protocolTable {
		if p.ladder != "" {
			out = append(out, p.ladder)
		}
	}
	return out
}

// Monikers returns the URL schemes the dialect knows, general ones first.
func (d Dialect) Monikers() []string {
	row, err := d.row()
	if err != nil {
		return nil
	}
	var pinned []string
	for m := range row.explicit {
		pinned = append(pinned, m)
	}
	slices.Sort(pinned)
	return append(slices.Clone(row.general), pinned...)
}

// LadderFor returns the rungs a moniker names in a dialect (rollover.md B.2),
// whether it names them explicitly, which bars rollover and limits, and those
// of them that a client may leave out. A ladder may be empty: such a URL opens
// nothing. An unknown dialect, or a moniker it does not know, is an error.
func LadderFor(d Dialect, moniker string) (l Ladder, explicit bool, optional []Rung, err error) {
	row, err := d.row()
	if err != nil {
		return nil, false, nil, err
	}
	if text, ok := row.explicit[moniker]; ok {
		l, optional = readLadder(text)
		return l, true, optional, nil
	}
	if !slices.Contains(row.general, moniker) {
		return nil, false, nil, fmt.Errorf("dialect %s knows no %s:// (known: %s)", d, moniker, strings.Join(d.Monikers(), " "))
	}
	l, optional = readLadder(row.ladders[moniker])
	return l, false, optional, nil
}

// Ladder is what the scenario's moniker names, as [LadderFor] tells it. The MMS
// rungs that some clients of RTSP may leave out are mere knocks at servers that
// have RTSP; of one that has none they are the rungs that play (rollover.md B.2,
// B.4), and not optional.
func (s Scenario) Ladder() (l Ladder, explicit bool, optional []Rung, err error) {
	l, explicit, optional, err = LadderFor(s.Dialect, s.Moniker)
	if !explicit && s.Offer.WMS == "4.1" {
		optional = slices.DeleteFunc(optional, func(r Rung) bool { return r.speaks().oldOnly })
	}
	return l, explicit, optional, err
}

// readLadder reads the table's own text, which a test has checked.
func readLadder(text string) (l Ladder, optional []Rung) {
	for _, word := range strings.Fields(text) {
		name, may := strings.CutSuffix(word, "?")
		l = append(l, Rung(name))
		if may {
			optional = append(optional, Rung(name))
		}
	}
	return l, optional
}

// Home is the ladder that a scenario with this moniker is about: the
// moniker's own, and for an explicit one the general ladder that holds its
// rung, so that a server offers more than the one rung that is asked for.
func (d Dialect) Home(moniker string) Ladder {
	l, explicit, _, err := LadderFor(d, moniker)
	if err != nil || !explicit {
		return l
	}
	for _, general := range Generals() {
		if g, _, _, err := LadderFor(d, general); err == nil && slices.Contains(g, l[0]) {
			return g
		}
	}
	return l
}
