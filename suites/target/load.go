package target

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

const (
	maxWait       = 10 * time.Minute
	defaultWithin = 10 * time.Second
	defaultURL    = "{{.Moniker}}://{{.Host}}{{.Port}}/clip.asf"
)

// Load reads a target file (contract.md, "A target file"). name is the file's,
// for messages, and gives the target its own. The error tells every mistake
// with its place, what was found and what is allowed.
func Load(name string, data []byte) (Target, error) {
	t := Target{
		Name:    strings.TrimSuffix(path.Base(name), path.Ext(name)),
		URL:     defaultURL,
		Content: ContentClip,
		Claims:  Claims{WMS: []string{"9.1"}},
	}
	err := strict.Read(name, data, func(root strict.Node) { t.load(root) })
	if err != nil {
		return Target{}, err
	}
	return t, nil
}

func (t *Target) load(n strict.Node) {
	if n.IsNull() {
		n.Fail("the file declares no target", "an object with vendor, product, role, claims, start …")
		return
	}
	var start, attach, offers strict.Node
	clientKeys := map[string]strict.Node{}
	ofClient := func(name string, read func(strict.Node)) strict.Field {
		return strict.Key(name, func(n strict.Node) { clientKeys[name] = n; read(n) })
	}
	ok := n.Object(
		strict.Need("vendor", text(&t.Vendor)),
		strict.Need("product", text(&t.Product)),
		strict.Key("version", text(&t.Version)),
		strict.Need("role", func(n strict.Node) {
			t.Role = rollover.Party(n.Word(string(rollover.PartyServer), string(rollover.PartyClient)))
		}),
		strict.Need("claims", func(n strict.Node) { t.Claims.load(n) }),
		strict.Key("start", func(n strict.Node) { start, t.Start = n, loadStart(n) }),
		strict.Key("offers", func(n strict.Node) { offers, t.Offers = n, loadVariants(n) }),
		strict.Key("attach", func(n strict.Node) { attach, t.Attach = n, loadAttach(n) }),
		strict.Key("ports", func(n strict.Node) { t.Ports = loadPorts(n) }),
		strict.Key("url", func(n strict.Node) { t.URL = loadURL(n) }),
		strict.Key("auth", func(n strict.Node) {
			t.Auth = &Auth{}
			n.Object(strict.Need("user", text(&t.Auth.User)), strict.Need("password", text(&t.Auth.Password)))
		}),
		strict.Key("content", func(n strict.Node) { t.Content = n.Word(ContentClip, ContentMedia) }),
		ofClient("ladders", func(n strict.Node) { t.loadLadders(n) }),
		ofClient("timers", func(n strict.Node) {
			n.Object(
				strict.Key("firstData", func(n strict.Node) { t.FirstData = n.Duration(maxWait) }),
				strict.Key("connect", func(n strict.Node) { t.Connect = n.Duration(maxWait) }),
			)
		}),
		ofClient("punches", func(n strict.Node) { t.Punches = n.Bool() }),
		ofClient("listens", func(n strict.Node) { t.Listens = loadListens(n) }),
		ofClient("packetPairs", func(n strict.Node) { t.NoPairs = !n.Bool() }),
	)
	if !ok {
		return
	}
	if t.Start != nil && t.Attach != nil {
		attach.Fail("attach beside start", "one of the two")
	}
	if t.Start == nil && t.Attach == nil {
		n.Fail("neither start nor attach", "one of the two: how to start the program, or where it runs")
	}
	if t.Start == nil && len(t.Offers) > 0 {
		offers.Fail("offers without start", "offers say how to start the program so that it serves less")
	}
	if t.Role == rollover.PartyClient {
		if t.Attach != nil {
			attach.Fail("attach in a client's file", "start: a client is told what to play by its command line")
		}
		if t.Start != nil && t.Start.Fresh == FreshCampaign {
			start.Fail("start.fresh: campaign in a client's file", FreshScenario+": a client plays one URL and ends")
		}
	}
	if t.Role == rollover.PartyServer {
		for name, place := range clientKeys {
			place.Fail(name+" in a server's file", "it belongs to a client")
		}
		if t.Start != nil && t.Start.Ready.empty() {
			start.Fail("start.ready is missing", "ready: {listen: [tcp/554]}, {line: text} or {command: [...]}")
		}
	}
}

func (c *Claims) load(n strict.Node) {
	n.Object(
		strict.Need("dialects", func(n strict.Node) {
			for _, w := range n.Words(words(rollover.Dialects())...) {
				c.Dialects = append(c.Dialects, rollover.Dialect(w))
			}
		}),
		strict.Key("wms", func(n strict.Node) { c.WMS = n.Words(rollover.Versions()...) }),
		strict.Need("rungs", func(n strict.Node) { c.Rungs = loadRungs(n) }),
		strict.Key("fastCache", func(n strict.Node) { c.FastCache = n.Bool() }),
		strict.Key("ipv6", func(n strict.Node) { c.IPv6 = n.Bool() }),
		strict.Key("multicast", func(n strict.Node) { c.Multicast = n.Bool() }),
		strict.Key("admin", func(n strict.Node) { c.Admin = n.Texts() }),
		strict.Key("seek", func(n strict.Node) { c.Seek = n.Bool() }),
		strict.Key("clients", func(n strict.Node) { c.Clients = n.Int(1, 100_000) }),
	)
}

func loadRungs(n strict.Node) []rollover.Rung {
	var out []rollover.Rung
	for _, w := range n.Words(words(rollover.Rungs())...) {
		out = append(out, rollover.Rung(w))
	}
	return out
}

func loadPorts(n strict.Node) map[rollover.Service]uint16 {
	out := map[rollover.Service]uint16{}
	var fields []strict.Field
	for _, svc := range rollover.PortNames() {
		fields = append(fields, strict.Key(string(svc), func(n strict.Node) { out[svc] = uint16(n.Int(1, 65535)) }))
	}
	n.Object(fields...)
	return out
}

// loadLadders reads ladders as the notation writes them: a question mark
// behind a rung says that it may be missing.
func (t *Target) loadLadders(n strict.Node) {
	t.Ladders = map[string]rollover.Ladder{}
	n.Entries(func(moniker string, value, key strict.Node) {
		if !monikerPattern.MatchString(moniker) {
			key.Fail(fmt.Sprintf("ladders: found the moniker %q", moniker), "a URL scheme such as mms, rtsp, rtspu")
		}
		var seen []string
		for _, w := range value.Words(ladderWords()...) {
			name, may := strings.CutSuffix(w, "?")
			if slices.Contains(seen, name) {
				value.Fail(fmt.Sprintf("ladders.%s: %s twice, with and without a question mark", moniker, name), "each once")
			}
			seen = append(seen, name)
			t.Ladders[moniker] = append(t.Ladders[moniker], rollover.Rung(name))
			if may {
				t.putOptional(moniker, rollover.Rung(name))
			}
		}
	})
}

func (t *Target) putOptional(moniker string, r rollover.Rung) {
	if t.Optional == nil {
		t.Optional = map[string][]rollover.Rung{}
	}
	t.Optional[moniker] = append(t.Optional[moniker], r)
}

// loadListens reads UDP ports of a client: 7000, or 1024-5000.
func loadListens(n strict.Node) firewall.Ports {
	ports, err := firewall.ParsePorts(n.Scalar())
	if err != nil {
		n.Fail(err.Error(), "a port from 1 to 65535, or a range such as 1024-5000")
	}
	return ports
}

// ladderWords are the rungs, each with and without a question mark.
func ladderWords() []string {
	all := words(rollover.Rungs())
	for _, r := range rollover.Rungs() {
		all = append(all, string(r)+"?")
	}
	return all
}

var monikerPattern = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

func text(into *string) func(strict.Node) {
	return func(n strict.Node) { *into = n.Text() }
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}
