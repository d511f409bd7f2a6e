package rollover

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// The ways an offer can treat the HTTP port.
const (
	HTTPStreams  = "wmsp"     // Windows Media HTTP streaming
	HTTPOff      = "off"      // nothing listens
	HTTPImpostor = "impostor" // a plain web server
	HTTPMute     = "mute"     // accepts and says nothing
)

// ReplyMute is the value of offer.reply's key connect: the control ports of
// RTSP and MMS accept and stay mute.
const ReplyMute = "mute"

// The UDP ports of the RTSP rungs, beside the control endpoints, as keys of
// offer.ports.
const (
	PortRTP  Service = "rtp"  // media leaves the server from here
	PortRTCP Service = "rtcp" // loss reports go here
)

var defaultPorts = map[Service]uint16{
	ServiceRTSP: 554, ServiceMMS: 1755, ServiceHTTP: 80, ServiceTLS: 322, PortRTP: 5004, PortRTCP: 5005,
}

// PortNames returns the keys of offer.ports.
func PortNames() []Service {
	return []Service{ServiceRTSP, ServiceMMS, ServiceHTTP, ServiceTLS, PortRTP, PortRTCP}
}

// PortOf is where the offer serves the endpoint.
func (o Offer) PortOf(s Service) uint16 {
	if p, ok := o.Ports[s]; ok {
		return p
	}
	return defaultPorts[s]
}

// Redirects reports whether a protocol sends its clients elsewhere.
func (o Offer) Redirects() bool {
	return isRedirect(o.Reply[string(ServiceRTSP)]) || isRedirect(o.Reply[string(ServiceHTTP)])
}

// Serves reports whether the rung is among those offered.
func (o Offer) Serves(r Rung) bool { return slices.Contains(o.Rungs, r) }

// Listens reports whether anything listens on the endpoint's port.
func (o Offer) Listens(s Service) bool {
	if s == ServiceHTTP && o.HTTP != HTTPOff {
		return true
	}
	return slices.ContainsFunc(o.Rungs, func(r Rung) bool { return r.Control() == s && r.Control() != ServiceNone })
}

// Versions returns the server versions an offer may name.
func Versions() []string { return []string{"4.1", "9.0", "9.1", "9.5"} }

// versionHas says what each version of Windows Media Services can be made to
// serve (RO-PRT-101). The rungs of the modern dialect, and files, are no matter
// of its version.
func versionHas(wms string, d Dialect, r Rung) bool {
	switch r {
	case RTSPU, RTSPT:
		return d == Modern || wms != "4.1"
	case MMSU, MMST:
		return wms != "9.5"
	}
	return true
}

// versionServes says what each version serves to a dialect if nobody says
// otherwise: all it has, MMS included, from which WMS 9 turns away those that
// speak RTSP (RO-PRT-102).
func versionServes(wms string, d Dialect, r Rung) bool {
	switch r {
	case RTSPU, RTSPT, MMSU, MMST:
		return versionHas(wms, d, r)
	case HTTP:
		return true
	case RTSPM, RTSPH, RTSPS:
		return d == Modern
	}
	return false
}

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
	offersHTTP := slices.Contains(o.Rungs, HTTP)
	switch {
	case !o.rungsWritten || o.HTTP == "":
	case o.HTTP == HTTPOff && offersHTTP:
		http.Fail("offer.http is off while HTTP is among offer.rungs", "one of the two")
	case o.HTTP == HTTPOff && slices.Contains(o.Rungs, HTTPD):
		http.Fail("offer.http is off while HTTPD is among offer.rungs", "impostor mute, or wmsp with HTTP among the rungs")
	case o.HTTP == HTTPStreams && !offersHTTP:
		http.Fail("offer.http is wmsp while HTTP is not among offer.rungs", "off impostor mute, or HTTP among the rungs")
	}
}

// resolve fills in what was left out. Rungs: all of the dialect's ladder, home,
// that the version has, and the rung that the moniker names; of those that are
// written, the ones that the version has. HTTP: wmsp if HTTP is among the
// rungs, an impostor if only the file is. An impostor or a mute port streams
// nothing.
func (o *offerAsWritten) resolve(d Dialect, home Ladder) Offer {
	out := Offer{WMS: o.WMS, Rungs: []Rung{}, HTTP: o.HTTP, FastCache: o.FastCache, Content: o.Content,
		Ports: o.Ports, Reply: o.Reply, Auth: o.Auth, Length: o.Length, Session: o.Session, Reports: o.Reports}
	if o.rungsWritten {
		for _, r := range o.Rungs {
			if versionHas(o.WMS, d, r) {
				out.Rungs = append(out.Rungs, r)
			}
		}
	} else {
		for _, r := range home {
			if versionServes(o.WMS, d, r) {
				out.Rungs = append(out.Rungs, r)
			}
		}
		if o.HTTP == HTTPStreams && !out.Serves(HTTP) {
			out.Rungs = append(out.Rungs, HTTP) // a ladder may end before it
		}
	}
	if out.HTTP == "" {
		out.HTTP = HTTPOff
		switch {
		case out.Serves(HTTP):
			out.HTTP = HTTPStreams
		case out.Serves(HTTPD):
			out.HTTP = HTTPImpostor // a file without a stream is a plain web server's
		}
	}
	if out.HTTP != HTTPStreams {
		out.Rungs = slices.DeleteFunc(out.Rungs, func(r Rung) bool { return r == HTTP })
	}
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

func isUDP(s Service) bool { return s == PortRTP || s == PortRTCP }

// share reports whether two endpoints may have one port: TCP and UDP do not
// meet, and a server can tell RTSP, MMS and HTTP apart by a client's first words
// (rollover.md D, group G).
func share(a, b Service) bool {
	tells := []Service{ServiceRTSP, ServiceMMS, ServiceHTTP}
	return isUDP(a) != isUDP(b) || slices.Contains(tells, a) && slices.Contains(tells, b)
}

var mmsCode = regexp.MustCompile(`^0[xX][0-9a-fA-F]{1,8}$`)

func loadReply(n strict.Node) map[string]string {
	out := map[string]string{}
	status := func(key string) strict.Field {
		return strict.Key(key, func(n strict.Node) {
			if code := n.Int(300, 599); code != 0 {
				out[key] = strconv.Itoa(code)
			}
		})
	}
	n.Object(
		status("rtsp"),
		status("http"),
		strict.Key("mms", func(n strict.Node) {
			code := n.Scalar()
			if !mmsCode.MatchString(code) {
				n.Fail(fmt.Sprintf("offer.reply.mms: found %q", code), "a result code such as 0x80070005")
				return
			}
			v, _ := strconv.ParseUint(code[2:], 16, 32) // the pattern has checked it
			out["mms"] = fmt.Sprintf("0x%08X", v)
		}),
		strict.Key("connect", func(n strict.Node) { out["connect"] = n.Word(ReplyMute) }),
	)
	if len(out) == 0 {
		return nil
	}
	return out
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
