package suites_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	ginkgotypes "github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// chosen is the scenarios whose specs will run, by ID.
var chosen map[string]bool

// selected reads them from ginkgo's preview: a spec is called by its
// scenario's ID.
func selected(preview Report) map[string]bool {
	ids := map[string]bool{}
	for _, spec := range preview.SpecReports {
		if !spec.State.Is(ginkgotypes.SpecStateSkipped | ginkgotypes.SpecStatePending) {
			ids[spec.LeafNodeText] = true
		}
	}
	return ids
}

// reference is the campaign over the catalogue, started by the first spec that
// wants a result of it.
var reference = sync.OnceValues(func() (reports.Run, error) {
	t, _, err := target.Embedded(target.Reference)
	if err != nil {
		return reports.Run{}, err
	}
	var scenarios []rollover.Scenario
	for _, s := range catalogue {
		if chosen[s.ID] {
			scenarios = append(scenarios, s)
		}
	}
	return played(context.Background(), t, scenarios)
})

// played runs a campaign, each scenario once, in a folder that is kept when ROLLOVER_KEEP names a
// place for it.
func played(ctx context.Context, t target.Target, scenarios []rollover.Scenario) (reports.Run, error) {
	dir, err := runFolder()
	if err != nil {
		return reports.Run{}, err
	}
	return playedIn(ctx, dir, t, scenarios)
}

func runFolder() (string, error) { return os.MkdirTemp(os.Getenv("ROLLOVER_KEEP"), "run-") }

func playedIn(ctx context.Context, dir string, t target.Target, scenarios []rollover.Scenario) (reports.Run, error) {
	return campaign.Run(ctx, t, scenarios, campaign.Options{
		Out: dir, Tool: reports.Build{Name: "rollover", Version: "suites"}, TimeLimit: 10 * time.Minute, Once: true})
}

// play waits for a scenario's result.
func play(_ SpecContext, s rollover.Scenario) rollover.Result {
	GinkgoHelper()
	run, err := reference()
	Expect(err).NotTo(HaveOccurred())
	return find(run, s.ID)
}

func find(run reports.Run, id string) rollover.Result {
	for _, r := range run.Results {
		if r.ID == id {
			return r
		}
	}
	return rollover.Result{ID: id, Verdict: rollover.NotRun, Reason: "no result in the run record"}
}

// each makes one spec of every scenario that carries all the labels.
func each(labels ...string) {
	for _, s := range catalogue {
		if slices.ContainsFunc(labels, func(l string) bool { return !s.HasLabel(l) }) {
			continue
		}
		It(s.ID, Label(s.AllLabels()...), func(ctx SpecContext) {
			r := play(ctx, s)
			if r.Verdict == rollover.NotApplicable {
				Skip(r.Reason)
			}
			Expect(r).To(Pass())
		})
	}
}

// Pass matches a result that passed and was not unstable; a mismatch tells the
// findings with their frames.
func Pass() types.GomegaMatcher { return HaveVerdict(rollover.Pass) }

// HaveVerdict matches a stable result of that verdict.
func HaveVerdict(want rollover.Grade) types.GomegaMatcher {
	return WithTransform(func(r rollover.Result) string {
		if r.Verdict == want && !r.Unstable {
			return string(want)
		}
		return describe(r)
	}, Equal(string(want)))
}

func describe(r rollover.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n  predicted %s\n  observed  %s\n", r.Verdict, r.ID, r.Predicted, r.Observed)
	if r.Unstable {
		b.WriteString("  unstable\n")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "  %s %s: expected %s; seen %s; frames %v\n", f.Party, f.Requirement, f.Expected, f.Seen, f.Frames)
	}
	return b.String()
}
