package rollover

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// ReplyMute is the value of offer.reply's key connect: the control ports of
// RTSP and MMS accept and stay mute.
const ReplyMute = "mute"

// Serves reports whether the rung is among those offered.
func (o Offer) Serves(r Rung) bool { return slices.Contains(o.Rungs, r) }

// Listens reports whether anything listens on the endpoint's port.
func (o Offer) Listens(s Service) bool {
	return o.kept(s) || slices.ContainsFunc(o.Rungs, func(r Rung) bool { return r.Control() == s && r.Control() != ServiceNone })
}

// Versions returns the server versions an offer may name.
func Versions() []string { return []string{"4.1", "9.0", "9.1", "9.5"} }

// turnsReadersAway reports whether the server has some protocols for old players
// only (RO-PRT-102).
func (o Offer) turnsReadersAway() bool { return o.WMS != "4.1" }

// turnsAway reports whether it turns away clients of the dialect that try the
// rung because they speak RTSP.
func (o Offer) turnsAway(r Rung, d Dialect) bool {
	return r.speaks().oldOnly && o.turnsReadersAway() && d.has(traitRTSPReader)
}

// requirementOldOnly says who is turned away.
const requirementOldOnly = "RO-PRT-102"

// offerAsWritten is an offer as a file has it, before defaults that depend on
// dialect and moniker.
type offerAsWritten struct {
	WMS, Content string
	Rungs        []Rung
	HTTP         string
	FastCache    bool
	Ports        map[Service]uint16
	Reply        map[string]string
	Auth         *Auth
	Length       time.Duration
	Session      time.Duration
	Reports      bool

	rungsWritten bool
}

func (o *offerAsWritten) load(n strict.Node) {
	var http strict.Node
	n.Object(
		strict.Key("wms", func(n strict.Node) { o.WMS = n.Word(Versions()...) }),
		strict.Key("rungs", func(n strict.Node) {
			o.rungsWritten = true
			for _, w := range n.Words(words(Rungs())...) {
				o.Rungs = append(o.Rungs, Rung(w))
			}
		}),
		strict.Key("http", func(n strict.Node) {
			http, o.HTTP = n, n.Word(HTTPStreams, HTTPOff, HTTPImpostor, HTTPMute)
		}),
		strict.Key("fastCache", func(n strict.Node) { o.FastCache = n.Bool() }),
		strict.Key("content", func(n strict.Node) { o.Content = n.Word("vod", "live") }),
		strict.Key("length", func(n strict.Node) { o.Length = n.Duration(maxLength) }),
		strict.Key("session", func(n strict.Node) { o.Session = loadSession(n) }),
		strict.Key("reports", func(n strict.Node) { o.Reports = n.Bool() }),
		strict.Key("ports", func(n strict.Node) { o.Ports = loadOfferPorts(n) }),
		strict.Key("reply", func(n strict.Node) { o.Reply = loadReply(n) }),
		strict.Key("auth", func(n strict.Node) { o.Auth = loadAuth(n) }),
	)
	o.checkHTTP(http)
}

// resolve fills in what was left out. Rungs: all of the dialect's ladder, home,
// that the version has, and the rung that the moniker names; of those that are
// written, the ones that the version has.
func (o *offerAsWritten) resolve(d Dialect, home Ladder) Offer {
	out := Offer{WMS: o.WMS, Rungs: []Rung{}, HTTP: o.HTTP, FastCache: o.FastCache, Content: o.Content,
		Ports: o.Ports, Reply: o.Reply, Auth: o.Auth, Length: o.Length, Session: o.Session, Reports: o.Reports}
	rungs, has := o.Rungs, Rung.had
	if !o.rungsWritten {
		rungs, has = home, Rung.served
	}
	for _, r := range rungs {
		if has(r, o.WMS, d) {
			out.Rungs = append(out.Rungs, r)
		}
	}
	out.resolveHTTP(o.rungsWritten)
	return out
}

// maxLength bounds the content: the built-in clip is made in memory.
const maxLength = 10 * time.Minute

// minSession is the shortest lawful time-out of a session (MS-RTSP 3.1.2).
const minSession = 10 * time.Second

func loadSession(n strict.Node) time.Duration {
	d := n.Duration(maxDuration)
	if d != 0 && (d < minSession || d%time.Second != 0) {
		n.Fail(fmt.Sprintf("offer.session: found %v", d), "whole seconds, 10s or more")
		return 0
	}
	return d
}

func loadOfferPorts(n strict.Node) map[Service]uint16 {
	out := map[Service]uint16{}
	n.Entries(func(name string, value, key strict.Node) {
		if !slices.Contains(PortNames(), Service(name)) {
			key.Fail(fmt.Sprintf("unknown port %q in offer.ports", name), joinWords(PortNames()))
			return
		}
		p := uint16(value.Int(1, 65535))
		for other, taken := range out {
			if taken == p && p != 0 && !share(other, Service(name)) {
				value.Fail(fmt.Sprintf("port %d for %s and for %s", p, other, name), "one port each")
			}
		}
		out[Service(name)] = p
	})
	if len(out) == 0 {
		return nil
	}
	return out
}

func loadReply(n strict.Node) map[string]string {
	out := map[string]string{}
	var fields []strict.Field
	for _, p := range protocolTable {
		if p.reply == nil {
			continue
		}
		fields = append(fields, strict.Key(string(p.service), func(n strict.Node) {
			if code, ok := p.reply(n); ok {
				out[string(p.service)] = code
			}
		}))
	}
	n.Object(append(fields, strict.Key("connect", func(n strict.Node) { out["connect"] = n.Word(ReplyMute) }))...)
	if len(out) == 0 {
		return nil
	}
	return out
}

// loadStatus reads a refusal that is a status.
func loadStatus(n strict.Node) (string, bool) {
	code := n.Int(300, 599)
	return strconv.Itoa(code), code != 0
}

func loadAuth(n strict.Node) *Auth {
	a := &Auth{Scheme: "basic", Client: "right"}
	credential := func(n strict.Node, what string) string {
		text := n.Text()
		if text == "" || strings.ContainsAny(text, ":\"\r\n") {
			n.Fail(fmt.Sprintf("offer.auth.%s: found %q", what, text), "a text without colon, quotation mark or line break")
		}
		return text
	}
	n.Object(
		strict.Need("scheme", func(n strict.Node) { a.Scheme = n.Word("basic", "digest") }),
		strict.Need("user", func(n strict.Node) { a.User = credential(n, "user") }),
		strict.Need("password", func(n strict.Node) { a.Password = credential(n, "password") }),
		strict.Key("client", func(n strict.Node) { a.Client = n.Word("right", "wrong", "none") }),
	)
	return a
}
