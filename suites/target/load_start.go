package target

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

func loadStart(n strict.Node) *Start {
	s := &Start{Fresh: FreshScenario}
	n.Object(
		strict.Need("exec", func(n strict.Node) { s.Exec = loadExec(n) }),
		strict.Key("env", func(n strict.Node) { s.Env = loadEnv(n) }),
		strict.Key("user", text(&s.User)),
		strict.Key("ready", func(n strict.Node) { s.Ready.load(n) }),
		strict.Key("fresh", func(n strict.Node) { s.Fresh = n.Word(FreshScenario, FreshCampaign) }),
	)
	return s
}

func loadExec(n strict.Node) []string {
	var out []string
	n.List(func(_ int, item strict.Node) { out = append(out, template(item)) })
	if len(out) == 0 && n.IsList() {
		n.Fail("exec: an empty list", "the program and its arguments")
	}
	return out
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func loadEnv(n strict.Node) map[string]string {
	out := map[string]string{}
	n.Entries(func(name string, value, key strict.Node) {
		if !envName.MatchString(name) {
			key.Fail(fmt.Sprintf("env: found the name %q", name), "letters, digits and _")
		}
		out[name] = template(value)
	})
	return out
}

func (r *Ready) empty() bool { return len(r.Listen) == 0 && r.Line == "" && len(r.Command) == 0 }

func (r *Ready) load(n strict.Node) {
	r.Within = defaultWithin
	n.Object(
		strict.Key("listen", func(n strict.Node) {
			n.List(func(_ int, item strict.Node) {
				l := item.Text()
				if l != "" && !isListener(l) {
					item.Fail(fmt.Sprintf("ready.listen: found %q", l), "tcp/PORT or udp/PORT, such as tcp/554")
				}
				r.Listen = append(r.Listen, l)
			})
		}),
		strict.Key("line", text(&r.Line)),
		strict.Key("command", func(n strict.Node) { r.Command = loadExec(n) }),
		strict.Key("within", func(n strict.Node) { r.Within = n.Duration(maxWait) }),
	)
	ways := 0
	for _, set := range []bool{len(r.Listen) > 0, r.Line != "", len(r.Command) > 0} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		n.Fail(fmt.Sprintf("ready names %d ways", ways), "exactly one of listen, line, command")
	}
}

func isListener(s string) bool {
	proto, port, ok := strings.Cut(s, "/")
	p, err := strconv.ParseUint(port, 10, 16)
	return ok && err == nil && p > 0 && (proto == "tcp" || proto == "udp")
}

func isPrefix(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}

func loadVariants(n strict.Node) []Variant {
	var out []Variant
	n.List(func(_ int, item strict.Node) {
		var v Variant
		item.Object(
			strict.Need("rungs", func(n strict.Node) { v.Rungs = loadRungs(n) }),
			strict.Key("fastCache", func(n strict.Node) { b := n.Bool(); v.FastCache = &b }),
			strict.Key("http", func(n strict.Node) {
				v.HTTP = n.Word(rollover.HTTPStreams, rollover.HTTPOff, rollover.HTTPImpostor, rollover.HTTPMute)
			}),
			strict.Need("exec", func(n strict.Node) { v.Exec = loadExec(n) }),
			strict.Key("env", func(n strict.Node) { v.Env = loadEnv(n) }),
		)
		out = append(out, v)
	})
	return out
}
