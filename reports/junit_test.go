package reports

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func junit(t *testing.T, j JUnit, r Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := j.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func only(r Run, keep func(rollover.Result) bool) Run {
	all := r.Results
	r.Results = nil
	for _, res := range all {
		if keep(res) {
			r.Results = append(r.Results, res)
			break
		}
	}
	return r
}

func TestJUnitGoldenPerVerdict(t *testing.T) {
	t.Parallel()
	for _, g := range rollover.Grades() {
		r := only(sampleRun(), func(res rollover.Result) bool { return res.Verdict == g && !res.Unstable })
		golden(t, "junit/"+string(g)+".xml", junit(t, JUnit{}, r))
	}
	golden(t, "junit/unstable.xml", junit(t, JUnit{}, only(sampleRun(), func(res rollover.Result) bool { return res.Unstable })))
	golden(t, "junit/all.xml", junit(t, JUnit{Root: "/var/lib/ci/runs/1"}, sampleRun()))
}

// parsed is what a reader that knows nothing of our types sees.
type parsed struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Skipped  int    `xml:"skipped,attr"`
		Cases    []struct {
			Name    string        `xml:"name,attr"`
			Class   string        `xml:"classname,attr"`
			Time    string        `xml:"time,attr"`
			Failure *parsedReason `xml:"failure"`
			Error   *parsedReason `xml:"error"`
			Skipped *parsedReason `xml:"skipped"`
			Output  string        `xml:"system-out"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type parsedReason struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func parse(t *testing.T, data []byte) parsed {
	t.Helper()
	var p parsed
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = true
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestJUnitCountsEqualContents counts again what every suite claims.
func TestJUnitCountsEqualContents(t *testing.T) {
	t.Parallel()
	p := parse(t, junit(t, JUnit{}, sampleRun()))
	var all parsed
	for _, s := range p.Suites {
		var n parsed
		for _, c := range s.Cases {
			n.Tests++
			switch {
			case c.Failure != nil:
				n.Failures++
			case c.Error != nil:
				n.Errors++
			case c.Skipped != nil:
				n.Skipped++
			}
		}
		if n.Tests != s.Tests || n.Failures != s.Failures || n.Errors != s.Errors || n.Skipped != s.Skipped {
			t.Errorf("suite %s claims %d/%d/%d/%d, holds %+v", s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, n)
		}
		all.Tests += n.Tests
		all.Failures += n.Failures
		all.Errors += n.Errors
		all.Skipped += n.Skipped
	}
	if all.Tests != p.Tests || all.Failures != p.Failures || all.Errors != p.Errors || all.Skipped != p.Skipped {
		t.Errorf("the whole claims %d/%d/%d/%d, the suites hold %+v", p.Tests, p.Failures, p.Errors, p.Skipped, all)
	}
	// 4 fail; inconclusive, error, notRun and the unstable pass; 2 notApplicable.
	if p.Tests != 25 || p.Failures != 4 || p.Errors != 4 || p.Skipped != 2 {
		t.Errorf("totals %d/%d/%d/%d, want 25/4/4/2", p.Tests, p.Failures, p.Errors, p.Skipped)
	}
}

// TestJUnitPropertiesComeFirst because readers that stream decide by the
// first child.
func TestJUnitPropertiesComeFirst(t *testing.T) {
	t.Parallel()
	d := xml.NewDecoder(bytes.NewReader(junit(t, JUnit{}, sampleRun())))
	parent := ""
	n := 0
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if (parent == "testcase" || parent == "testsuite") && start.Name.Local != "properties" {
			t.Errorf("the first child of a %s is %s", parent, start.Name.Local)
		}
		if start.Name.Local == "testcase" {
			n++
		}
		parent = start.Name.Local
	}
	if n != 25 {
		t.Errorf("%d cases seen, want 25", n)
	}
}

func TestJUnitRefusesOneNameTwice(t *testing.T) {
	t.Parallel()
	r := sampleRun()
	r.Results[1].ID = r.Results[0].ID
	var b bytes.Buffer
	if err := WriteJUnit(&b, r); err == nil || !strings.Contains(err.Error(), "rtsp/open") || b.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, b.Len())
	}
}

func TestJUnitCutsAndCleans(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ä\x07", 200<<10)
	r := sampleRun()
	for i := range r.Results {
		for j := range r.Results[i].Trace.Attempts {
			r.Results[i].Trace.Attempts[j].Why = long
		}
		for j := range r.Results[i].Findings {
			r.Results[i].Findings[j].Seen = long
		}
	}
	data := junit(t, JUnit{}, r)
	if i := bytes.IndexFunc(data, func(r rune) bool { return r < ' ' && r != '\n' || r == 0xFFFD }); i >= 0 {
		t.Errorf("byte %d is %#x", i, data[i])
	}
	for _, s := range parse(t, data).Suites {
		for _, c := range s.Cases {
			most := failOutput
			if c.Failure == nil && c.Error == nil {
				most = passOutput
			}
			if len(c.Output) > most {
				t.Errorf("%s carries %d bytes of output, at most %d are allowed", c.Name, len(c.Output), most)
			}
			if c.Failure != nil && len(c.Failure.Text) > failOutput {
				t.Errorf("%s carries a failure text of %d bytes", c.Name, len(c.Failure.Text))
			}
		}
	}
}
