package suites_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

var _ = Describe("a capture as tshark reads it", func() {
	scenarios := scenariosIn("testdata/dissect.yaml")
	var dir string
	run := sync.OnceValues(func() (run reports.Run, err error) {
		if dir, err = runFolder(); err != nil {
			return run, err
		}
		t, _, err := target.Embedded(target.Reference)
		if err != nil {
			return run, err
		}
		return playedIn(context.Background(), dir, t, wanted(scenarios))
	})
	for _, s := range scenarios {
		It(s.ID, Label(s.AllLabels()...), func(ctx SpecContext) {
			installed("tshark")
			run, err := run()
			Expect(err).NotTo(HaveOccurred())
			r := find(run, s.ID)
			Expect(r).To(Pass())
			frames := dissected(ctx, filepath.Join(dir, r.Evidence, evidence.CaptureFile))
			Expect(dissections[s.ID]).NotTo(BeEmpty())
			for _, protocol := range dissections[s.ID] {
				Expect(frames).To(ContainElement(HaveField("Protocols", ContainElement(protocol))), protocol)
			}
			Expect(slices.DeleteFunc(frames, func(f frame) bool { return f.Malformed == "" })).To(BeEmpty())
		})
	}
})

// dissections are the protocols that each capture must be found to hold.
var dissections = map[string][]string{
	"dissect/rtspu": {"rtsp", "rtp"},
	"dissect/rtspt": {"rtsp", "rtp"},
	"dissect/http":  {"http"},
	"dissect/loss":  {"rtsp", "rtp", "rtcp"},
}

// frame is one frame of a capture in tshark's words.
type frame struct {
	Number    string
	Protocols []string // from the outermost: eth ethertype ip tcp rtsp rtp
	Malformed string   // empty: it is not
}

// dissected reads the capture with tshark, as it is: no port is given a hint.
func dissected(ctx context.Context, capture string) []frame {
	GinkgoHelper()
	out, err := exec.CommandContext(ctx, "tshark", "-n", "-r", capture, "-T", "fields", "-E", "separator=/t",
		"-e", "frame.number", "-e", "frame.protocols", "-e", "_ws.malformed").Output()
	Expect(err).NotTo(HaveOccurred())
	var frames []frame
	for line := range strings.Lines(string(out)) {
		fields := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "")
		frames = append(frames, frame{fields[0], strings.Split(fields[1], ":"), fields[2]})
	}
	return frames
}

// wanted are the scenarios whose specs will run.
func wanted(scenarios []rollover.Scenario) []rollover.Scenario {
	return slices.DeleteFunc(slices.Clone(scenarios), func(s rollover.Scenario) bool { return !chosen[s.ID] })
}
