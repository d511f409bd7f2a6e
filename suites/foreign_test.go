package suites_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// foreignDir has servers that were written from the protocol notes alone, in
// another language, each with its target file.
const foreignDir = "../fixtures/external/foreign"

// foreignClaims are the scenarios that each of them, as it is, passes.
var foreignClaims = map[string][]string{
	"alder":   {"rtsp/narrow/*", "rtsp/control/reset-http-off", "rtsp/offer/no-http", "ipv6/rtsp/offer/no-http"},
	"birch":   {"rtsp/narrow/*"},
	"cedar":   {"*/offer/only-http", "*/leg/tcp-554-closed", "*/leg/tcp-1755-closed"},
	"dogwood": {"*/offer/only-http", "*/leg/tcp-1755-closed"},
	"elm":     {"mms/narrow/*", "mms/offer/no-http"},
	"fir": {"rtsp/open/*", "rtsp/no-udp", "rtsp/offer/*-461", "rtsp/offer/only-http", "rtsp/leg/tcp-554-reset", "rtsp/leg/udp-5004-out-reset",
		"rtsp/partial/loss-every-3", "rtsp/partial/udp-cut", "rtsp/habit/look-back", "rtsp/habit/reconnect", "rtsp/again/open"},
}

// foreignFault is one way in which a foreign server can be told to be wrong,
// and what it breaks.
type foreignFault struct {
	server, fault string
	in            string // the scenario that must catch it
	breaks        string
}

// foreignFaults are what their makers thought of, and none of the reference
// server's faults: what once got away became a requirement of its own.
var foreignFaults = []foreignFault{
	{"alder", "sequence", "rtsp/narrow/no-udp-plain", "RO-RTSP-114"},
	{"alder", "ssrc", "rtsp/narrow/no-udp-plain", "RO-RTSP-113"},
	{"alder", "cseq", "rtsp/narrow/udp-461", "RO-RTSP-115"},
	{"alder", "half", "rtsp/narrow/no-udp", "RO-ROLL-07"},
	{"alder", "stamp", "rtsp/narrow/open", "RO-RTSP-114"},
	{"alder", "resend", "rtsp/narrow/loss", "RO-RTSP-108"},
	{"alder", "pair", "rtsp/narrow/open", "RO-RTSP-105"},
	{"alder", "no-end", "rtsp/narrow/rtspt", "RO-MEDIA-03"},
	{"alder", "teardown", "rtsp/narrow/rtspt", "RO-RTSP-109"},
	{"alder", "log", "rtsp/narrow/open", "RO-LOG-102"},
	{"birch", "order", "rtsp/narrow/open", "RO-MEDIA-01"},
	{"birch", "twice", "rtsp/narrow/rtspt", "RO-MEDIA-01"},
	{"birch", "type", "rtsp/narrow/open", "RO-RTSP-113"},
	{"birch", "wrap", "rtsp/narrow/rtspt", "RO-RTSP-114"},
	{"birch", "early-end", "rtsp/narrow/open", "RO-MEDIA-03"},
	{"birch", "end-sequence", "rtsp/narrow/open", "RO-MEDIA-03"},
	{"birch", "header", "rtsp/narrow/rtspt", "RO-MEDIA-02"},
	{"birch", "session", "rtsp/narrow/open", "RO-RTSP-116"},
	{"birch", "marker", "rtsp/narrow/udp-461", "RO-RTSP-114"},
	{"birch", "uncounted", "rtsp/narrow/no-udp", "RO-RTSP-115"},
	{"cedar", "length", "rtsp/offer/only-http", "RO-HTTP-106"},
	{"cedar", "client-id", "rtsp/offer/only-http", "RO-HTTP-107"},
	{"cedar", "counter", "mms/offer/only-http", "RO-MEDIA-04"},
	{"cedar", "location", "mms/offer/only-http", "RO-MEDIA-04"},
	{"cedar", "no-metadata", "rtsp/offer/only-http", "RO-HTTP-103"},
	{"cedar", "metadata", "mms/leg/tcp-1755-closed", "RO-HTTP-103"},
	{"cedar", "no-end", "rtsp/offer/only-http", "RO-MEDIA-03"},
	{"cedar", "eager", "rtsp/offer/only-http", "RO-HTTP-103"},
	{"cedar", "log", "rtsp/leg/tcp-554-closed", "RO-LOG-102"},
	{"cedar", "half", "rtsp/offer/only-http", "RO-HTTP-103"},
	{"cedar", "short", "rtsp/offer/only-http", "RO-MEDIA-02"},
	{"dogwood", "order", "rtsp/offer/only-http", "RO-MEDIA-01"},
	{"dogwood", "early-end", "rtsp/offer/only-http", "RO-MEDIA-03"},
	{"dogwood", "no-id", "mms/offer/only-http", "RO-HTTP-107"},
	{"dogwood", "no-header", "rtsp/offer/only-http", "RO-MEDIA-02"},
	{"dogwood", "header", "rtsp/offer/only-http", "RO-MEDIA-02"},
	{"dogwood", "twice", "mms/offer/only-http", "RO-MEDIA-01"},
	{"dogwood", "mute-log", "rtsp/offer/only-http", "RO-LOG-102"},
	{"dogwood", "forgetful", "rtsp/offer/only-http", "RO-HTTP-107"},
	{"dogwood", "counter", "rtsp/offer/only-http", "RO-MEDIA-04"},
	{"elm", "incarnation", "mms/narrow/mmst", "RO-MMS-110"},
	{"elm", "location", "mms/narrow/open", "RO-MEDIA-04"},
	{"elm", "counter", "mms/narrow/mmst", "RO-MEDIA-04"},
	{"elm", "early", "mms/narrow/mmst", "RO-MMS-111"},
	{"elm", "no-end", "mms/narrow/open", "RO-MEDIA-03"},
	{"elm", "early-end", "mms/narrow/open", "RO-MEDIA-03"},
	{"elm", "order", "mms/narrow/open", "RO-MEDIA-01"},
	{"elm", "half", "mms/narrow/mmst", "RO-ROLL-06"},
	{"elm", "header-size", "mms/narrow/open", "RO-MMS-112"},
	{"elm", "packet-size", "mms/narrow/mmst", "RO-MMS-112"},
	{"elm", "short", "mms/narrow/udp-refused", "RO-MEDIA-02"},
	{"elm", "resend", "mms/narrow/loss", "RO-PORT-05"},
	{"elm", "end-mark", "mms/narrow/open", "RO-MEDIA-03"},
	{"fir", "reply-order", "rtsp/open/rtspt", "RO-RTSP-115"},
	{"fir", "generation", "rtsp/no-udp", "RO-ROLL-07"},
	{"fir", "numbers", "rtsp/offer/tcp-461", "RO-MEDIA-04"},
	{"fir", "stale", "rtsp/habit/look-back", "RO-RTSP-109"},
	{"fir", "gap", "rtsp/no-udp", "RO-ROLL-07"},
	{"fir", "slip", "rtsp/open/rtspt", "RO-RTSP-114"},
	{"fir", "late-end", "rtsp/open/rtspt", "RO-RTSP-112"},
	{"fir", "empty-describe", "rtsp/again/open", "RO-MEDIA-02"},
	{"fir", "short-body", "rtsp/open/rtspt", "RO-RTSP-107"},
}

// foreignPlay is a target and what it is to play.
type foreignPlay struct {
	target    target.Target
	scenarios []rollover.Scenario
}

func (f foreignFault) name() string { return f.server + " " + f.fault }

// foreignRuns are the campaigns with all of them, as they are and wrong, by the
// server's name and its fault's.
var foreignRuns = sync.OnceValues(func() (map[string]reports.Run, error) {
	dir, err := reachableCopy(foreignDir)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	plays := map[string]foreignPlay{}
	for server, ids := range foreignClaims {
		if plays[server], err = foreignTarget(dir, server, "", ids...); err != nil {
			return nil, err
		}
	}
	for _, f := range foreignFaults {
		if plays[f.name()], err = foreignTarget(dir, f.server, f.fault, f.in); err != nil {
			return nil, err
		}
	}
	return playForeign(plays)
})

// foreignTarget is a server's target with a fault on its command line, and the
// scenarios that are to be played.
func foreignTarget(dir, server, fault string, ids ...string) (foreignPlay, error) {
	file := filepath.Join(dir, server+".yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		return foreignPlay{}, err
	}
	if fault != "" {
		data = []byte(strings.ReplaceAll(string(data), `"{{.Clip.ASF}}"`, `"{{.Clip.ASF}}", --fault=`+fault))
	}
	t, err := target.Load(file, data)
	t.Dir = dir
	p := foreignPlay{target: t}
	for _, s := range catalogue {
		chosen := slices.ContainsFunc(ids, func(id string) bool { ok, _ := filepath.Match(id, s.ID); return ok })
		if ok, _ := target.Applicable(t, s); ok && chosen {
			p.scenarios = append(p.scenarios, s)
		}
	}
	return p, err
}

// playForeign plays so many campaigns at once, and again, alone, those in which
// the machine was in trouble.
func playForeign(plays map[string]foreignPlay) (map[string]reports.Run, error) {
	out := map[string]reports.Run{}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(16)
	for name, p := range plays {
		group.Go(func() error {
			run, err := played(context.Background(), p.target, p.scenarios)
			mu.Lock()
			defer mu.Unlock()
			out[name] = run
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for name, run := range out {
		troubled := func(r rollover.Result) bool { return r.Verdict == rollover.Error }
		if !slices.ContainsFunc(run.Results, troubled) {
			continue
		}
		again, err := played(context.Background(), plays[name].target, plays[name].scenarios)
		if err != nil {
			return nil, err
		}
		out[name] = again
	}
	return out, nil
}

// reachableCopy puts the files of a folder where every user can read them: the
// way to the sources may be closed to who runs programs of other makers.
func reachableCopy(from string) (string, error) {
	dir, err := os.MkdirTemp("", "rollover-foreign-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	return dir, os.CopyFS(dir, os.DirFS(from))
}

var _ = Describe("a server of other makers, written from the protocol notes alone", func() {
	for server, ids := range foreignClaims {
		It(server+" passes what it claims", func(SpecContext) {
			installed("python3")
			runs, err := foreignRuns()
			Expect(err).NotTo(HaveOccurred())
			Expect(len(runs[server].Results)).To(BeNumerically(">=", len(ids)))
			for _, r := range runs[server].Results {
				Expect(r).To(Pass())
			}
		})
	}
	for _, f := range foreignFaults {
		It(f.name()+" is caught", func(SpecContext) {
			installed("python3")
			runs, err := foreignRuns()
			Expect(err).NotTo(HaveOccurred())
			r := find(runs[f.name()], f.in)
			Expect(r).To(HaveVerdict(rollover.Fail))
			Expect(slices.ContainsFunc(r.Findings, func(x rollover.Finding) bool {
				return !x.Note && x.Party == rollover.PartyServer && x.Requirement == f.breaks && len(x.Frames) > 0
			})).To(BeTrue(), describe(r))
			for _, x := range r.Findings {
				Expect(x.Note || x.Party == rollover.PartyServer).To(BeTrue(), describe(r))
			}
		})
	}
	It("has a row for each fault that it can be told", func() {
		known := regexp.MustCompile(`(?m)^    "([a-z-]+)": "`)
		for server := range foreignClaims {
			source, err := os.ReadFile(filepath.Join(foreignDir, server+".py"))
			Expect(err).NotTo(HaveOccurred())
			for _, m := range known.FindAllStringSubmatch(string(source), -1) {
				Expect(slices.ContainsFunc(foreignFaults, func(f foreignFault) bool { return f.name() == server+" "+m[1] })).To(BeTrue(), server+" "+m[1])
			}
		}
	})
})
