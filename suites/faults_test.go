package suites_test

import (
	"context"
	_ "embed"
	"slices"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

//go:embed testdata/faults.yaml
var faultScenarios []byte

var faulty = func() []rollover.Scenario {
	all, err := rollover.LoadScenarios("testdata/faults.yaml", faultScenarios)
	if err != nil {
		panic(err)
	}
	return all
}()

var faultRun = sync.OnceValues(func() (reports.Run, error) {
	t, _, err := target.Embedded(target.Reference)
	if err != nil {
		return reports.Run{}, err
	}
	return played(context.Background(), t, faulty)
})

// A check that cannot fail proves nothing: each fault planted in the good
// server must end in a fail of the server's that names a requirement which the
// fault breaks, and cites frames.
var _ = Describe("a faulty server", func() {
	for _, s := range faulty {
		fault, known := rollover.LookUpFault(s.Faults[0])
		It(s.ID+" is caught: "+fault.Text, func(SpecContext) {
			Expect(known).To(BeTrue(), "the fault has a row")
			run, err := faultRun()
			Expect(err).NotTo(HaveOccurred())
			r := find(run, s.ID)
			Expect(r).To(HaveVerdict(rollover.Fail))
			Expect(r.Findings).To(ContainElement(convicts(fault, s.Refs)), describe(r))
		})
	}
})

// convicts matches a finding against the fault's party, with frames, for a
// requirement that the fault breaks, or that the scenario names instead.
func convicts(fault rollover.Fault, instead []string) OmegaMatcher {
	broken := fault.Breaks
	if len(instead) > 0 {
		broken = instead
	}
	return Satisfy(func(f rollover.Finding) bool {
		return f.Party == fault.Party && len(f.Frames) > 0 && slices.Contains(broken, f.Requirement)
	})
}
