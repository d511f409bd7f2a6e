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
			frames := dissected(ctx, filepath.Join(dir, r.Evidence, evidence.CaptureFile), pictures[s.ID]...)
			Expect(dissections[s.ID]).NotTo(BeEmpty())
			for _, protocol := range dissections[s.ID] {
				Expect(frames).To(ContainElement(HaveField("Protocols", ContainSubstring(":"+protocol+":"))), protocol)
			}
			if requests := resendRequests[s.ID]; requests != "" {
				Expect(frames).To(ContainElement(And(HaveField("Port", requests), HaveField("Protocols", HaveSuffix(":udp:msmms:")))))
			}
			Expect(slices.DeleteFunc(frames, func(f frame) bool { return f.Malformed == "" })).To(BeEmpty())
		})
	}
})

// dissections are the protocols that each capture must be found to hold. MMS
// over TCP is asked for once and not of every frame with media: a packet that
// does not begin its segment is unnamed data to tshark.
var dissections = map[string][]string{
	"dissect/rtspu":    {"rtsp", "rtp"},
	"dissect/rtspt":    {"rtsp", "rtp"},
	"dissect/http":     {"http"},
	"dissect/loss":     {"rtsp", "rtp", "rtcp"},
	"dissect/mmsu":     {"tcp:msmms", "udp:msmms"},
	"dissect/mmst":     {"tcp:msmms"},
	"dissect/mms-loss": {"tcp:msmms", "udp:msmms"},

	"dissect/modern-udp":    {"rtsp", "udp:rtp:h264", "udp:rtp", "udp:rtcp"},
	"dissect/modern-tcp":    {"rtsp:rtp:h264", "rtsp:rtcp"},
	"dissect/modern-tunnel": {"http"},
}

// pictures are the options that make H.264 of the payload type that the clip has
// for it.
var pictures = map[string][]string{
	"dissect/modern-udp": {"-d", "rtp.pt==96,h264"},
	"dissect/modern-tcp": {"-d", "rtp.pt==96,h264"},
}

// resendRequests are the UDP ports to which a client must be found to ask for
// lost packets in words of MMS.
var resendRequests = map[string]string{"dissect/mms-loss": "1755"}

// frame is one frame of a capture in tshark's words.
type frame struct {
	Number    string
	Protocols string // from the outermost, colons around each: ":eth:ethertype:ip:tcp:rtsp:rtp:"
	Malformed string // empty: it is not
	Port      string // to which UDP goes
}

// dissected reads the capture with tshark, as it is: no port is given a hint. The
// options say what nobody can know.
func dissected(ctx context.Context, capture string, options ...string) []frame {
	GinkgoHelper()
	args := append([]string{"-n", "-r", capture}, options...)
	out, err := exec.CommandContext(ctx, "tshark", append(args, "-T", "fields", "-E", "separator=/t",
		"-e", "frame.number", "-e", "frame.protocols", "-e", "_ws.malformed", "-e", "udp.dstport")...).Output()
	Expect(err).NotTo(HaveOccurred())
	var frames []frame
	for line := range strings.Lines(string(out)) {
		fields := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "", "")
		frames = append(frames, frame{fields[0], ":" + fields[1] + ":", fields[2], fields[3]})
	}
	return frames
}

// wanted are the scenarios whose specs will run.
func wanted(scenarios []rollover.Scenario) []rollover.Scenario {
	return slices.DeleteFunc(slices.Clone(scenarios), func(s rollover.Scenario) bool { return !chosen[s.ID] })
}
