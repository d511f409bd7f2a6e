package suites_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rollover-conformance/rollover/fixtures/external"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

var _ = Describe("programs of other makers", func() {
	scenarios := scenariosIn("testdata/external.yaml")
	for _, row := range external.Names() {
		own := slices.DeleteFunc(slices.Clone(scenarios), func(s rollover.Scenario) bool { return !s.HasLabel(row) })
		run := sync.OnceValues(func() (reports.Run, error) { return playedWith(row, own) })
		Context(row, func() {
			for _, s := range own {
				It(s.ID, Label(s.AllLabels()...), func(SpecContext) {
					installed(program(row).Start.Exec[0])
					run, err := run()
					Expect(err).NotTo(HaveOccurred())
					Expect(find(run, s.ID)).To(Pass())
				})
			}
		})
	}
})

// scenariosIn reads a scenario file beside the suites.
func scenariosIn(file string) []rollover.Scenario {
	data, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	all, err := rollover.LoadScenarios(file, data)
	if err != nil {
		panic(err)
	}
	return all
}

// program is an embedded row.
func program(row string) target.Target {
	GinkgoHelper()
	data, ok := external.Row(row)
	Expect(ok).To(BeTrue())
	t, err := target.Load(row+".yaml", data)
	Expect(err).NotTo(HaveOccurred())
	return t
}

// playedWith plays those of the scenarios whose specs will run.
func playedWith(row string, scenarios []rollover.Scenario) (reports.Run, error) {
	return played(context.Background(), program(row), wanted(scenarios))
}

// installed skips the spec where a program is missing, or fails it where that
// is no excuse.
func installed(program string) {
	GinkgoHelper()
	if _, err := exec.LookPath(program); err != nil {
		if required() {
			Fail(program + " is not installed, and must be here")
		}
		Skip(program + " is not installed")
	}
}
