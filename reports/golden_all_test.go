package reports

import (
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// oneOfEach is a run with one result of each verdict, an unstable one, one that
// is known and one that is stale.
func oneOfEach(t *testing.T) Run {
	r := knownRun(t)
	all := r.Results
	r.Results = nil
	seen := map[string]bool{}
	for _, res := range all {
		if word := verdictWord(res); !seen[word] {
			seen[word] = true
			r.Results = append(r.Results, res)
		}
	}
	return r
}

// TestRecordGolden holds the record's form: a change in it is a change for
// everybody who reads one.
func TestRecordGolden(t *testing.T) {
	t.Parallel()
	r := oneOfEach(t)
	for _, g := range rollover.Grades() {
		if r.Summary().All.Counts[g] == 0 {
			t.Errorf("no result is %s", g)
		}
	}
	golden(t, "json/run.json", written(t, r))
	golden(t, "junit/each.xml", junit(t, JUnit{Root: "runs/1"}, r))
	golden(t, "markdown/each.md", []byte(markdownOf(t, r)))
	golden(t, "table/each-100.txt", tableOf(t, r, TableOptions{}))
}
