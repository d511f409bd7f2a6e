package suites_test

import (
	"context"
	_ "embed"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rollover-conformance/rollover/fixtures/deviation"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

//go:embed testdata/deviations.yaml
var deviationScenarios []byte

var odd = func() []rollover.Scenario {
	all, err := rollover.LoadScenarios("testdata/deviations.yaml", deviationScenarios)
	if err != nil {
		panic(err)
	}
	return all
}()

// oddRuns are the campaigns over them, by the target under test: the judge must
// neither convict the odd side nor lay its ways at the other's door.
var oddRuns = map[string]func() (reports.Run, error){
	target.Reference:       oddRun(target.Reference),
	target.ReferenceClient: oddRun(target.ReferenceClient),
}

func oddRun(name string) func() (reports.Run, error) {
	return sync.OnceValues(func() (reports.Run, error) {
		t, _, err := target.Embedded(name)
		if err != nil {
			return reports.Run{}, err
		}
		return played(context.Background(), t, odd)
	})
}

// A judge that counts lawful ways against anybody raises false alarms: nobody
// would believe its red results.
var _ = Describe("a lawful oddity", func() {
	It("has a scenario", func() {
		shown := map[string]bool{}
		for _, s := range odd {
			for _, id := range s.Deviations {
				shown[id] = true
			}
		}
		for _, d := range deviation.Table() {
			Expect(shown).To(HaveKey(d.ID), d.Does)
		}
	})
	for _, name := range []string{target.Reference, target.ReferenceClient} {
		run := oddRuns[name]
		for _, s := range odd {
			d, _ := deviation.LookUp(s.Deviations[0])
			It(s.ID+" passes with the "+name+" under test: the "+string(d.Party)+" "+d.Does, func(SpecContext) {
				r, err := run()
				Expect(err).NotTo(HaveOccurred())
				Expect(find(r, s.ID)).To(Pass())
			})
		}
	}
})
