package trace

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// Read reads a trial's capture. What is damaged or missing in it stands in the
// trace's Health; the error is for a file that is no capture with both of our
// observation points, and then whatever could be read is returned with it.
func Read(capture io.Reader, s rollover.Scenario, setup rollover.Setup, clip asf.Clip) (rollover.Trace, error) {
	rec, err := record(capture)
	var out rollover.Trace
	if len(setup.Clients) > 1 {
		out = readCrowd(rec, s, setup, clip)
	} else {
		r := newReading(rec, s, setup, clip)
		all := r.cut()
		r.look(all)
		out = r.trace(all)
	}
	if err != nil {
		return out, fmt.Errorf("reading the capture: %w", err)
	}
	return out, nil
}

// trace is the reading's result.
func (r *reading) trace(attempts []*attempt) rollover.Trace {
	out := rollover.Trace{Attempts: []rollover.Attempt{}, Health: r.health()}
	total := r.total()
	if !r.wantsClip() {
		total = 0
	}
	for _, a := range attempts {
		out.Attempts = append(out.Attempts, a.finish(total))
	}
	slices.SortStableFunc(r.facts, func(a, b rollover.Fact) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind))
	})
	out.Facts = r.facts
	return out
}

// wantsClip reports whether content must be our clip, byte for byte.
func (r *reading) wantsClip() bool { return r.setup.Content != "media" }

// cut cuts the timeline into attempts, in the order in which they began.
func (r *reading) cut() []*attempt {
	byService := r.sort()
	var all []*attempt
	for i := range r.rows {
		row := &r.rows[i]
		for _, a := range row.read(r, byService[row.service], r.rungsOf(row)) {
			if rungs := r.rungsAt(a.conns[0].port()); a.Outcome != "" && a.Outcome != rollover.Broken && len(rungs) > len(a.Candidates) {
				a.Candidates = rungs // it never said what it was
			}
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b *attempt) int {
		return cmp.Or(cmp.Compare(a.begin.at, b.begin.at), cmp.Compare(a.begin.frame, b.begin.frame))
	})
	for i, a := range all {
		a.until, a.here = r.rec.last, r.rec.last
		for _, b := range all[i+1:] {
			if slices.Contains(a.conns, b.conns[0]) {
				a.here = b.begin.at
				break
			}
		}
		if i+1 < len(all) {
			a.until, a.followed = all[i+1].begin.at, true
		}
	}
	return all
}

// look deals the media out to the attempts, finds their outcomes and looks for
// facts.
func (r *reading) look(all []*attempt) {
	r.giveMedia(all)
	for i, a := range all {
		row := rowFor(r.rows, a.service)
		row.decide(r, a)
		if a.Media.FirstFrame != 0 {
			a.say(mark{a.Media.FirstFrame, a.Media.First}, false, "media: %d packets", len(a.sent[clientSide]))
		}
		if !r.elsewhere(row, a) {
			row.inspect(r, a, i)
		}
	}
	r.inspectPath(all)
}

// elsewhere reports that the attempt came to a port where the server speaks
// another protocol: what it answers there is no fault of this one.
func (r *reading) elsewhere(row dissector, a *attempt) bool {
	port := a.conns[0].port()
	return port != r.portOf(row.service) && slices.ContainsFunc(r.rows, func(d dissector) bool { return r.portOf(d.service) == port })
}

func rowFor(rows []dissector, s rollover.Service) dissector {
	return rows[slices.IndexFunc(rows, func(d dissector) bool { return d.service == s })]
}

// giveMedia deals all content out to the attempts.
func (r *reading) giveMedia(all []*attempt) {
	d := &depacketizers{clip: r.clip, anyASF: !r.wantsClip()}
	if r.modern() {
		d.modern = r.contentOf(all)
	}
	var claims []claim
	for _, row := range r.rows {
		if row.claim != nil {
			claims = append(claims, row.claim(all))
		}
	}
	for p := range points {
		r.udp[p] = datagrams(r.rec.packets, p, r.who, claims, rtxOf(all), d)
	}
	r.giveDatagrams(all)
	for _, row := range r.rows {
		if row.deal != nil {
			row.deal(r, all, d)
		}
	}
	for _, a := range all {
		rowFor(r.rows, a.service).give(r, a, d)
	}
}

// health says whether the capture can be believed.
func (r *reading) health() rollover.Health {
	h := rollover.Health{Frames: r.rec.frames, Lost: r.rec.lost, Last: r.rec.last, Problems: r.rec.problems}
	for _, p := range r.rec.packets {
		if p.point != clientSide || p.proto != protoTCP && p.proto != protoUDP || !slices.Contains(r.who.client, p.src.Addr()) {
			continue
		}
		if h.ClientFrames == 0 {
			h.FirstClient = p.at
		}
		h.ClientFrames += len(p.frames)
	}
	if took := r.setup.TookNS; took > 0 && r.rec.last > took+silence {
		h.Problems = append(h.Problems, fmt.Sprintf("the capture spans %v and the trial took %v: the clock was set, or this is another trial's",
			r.rec.last.Round(time.Millisecond), took.Round(time.Millisecond)))
	}
	h.Canary = true
	for _, c := range r.rec.canary {
		h.Canary = h.Canary && c.seen() && (h.ClientFrames == 0 || c.at <= h.FirstClient)
	}
	for _, c := range r.conns {
		for p, v := range c.views {
			if v == nil {
				continue
			}
			for _, h2 := range []*half{&v.toServer, &v.toClient} {
				if h2.unseen() {
					h.Problems = append(h.Problems, fmt.Sprintf("%s misses bytes of the connection %s to %s that were acknowledged", point(p), v.client, v.server))
				}
			}
		}
	}
	return h
}
