package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// The most output a test case carries, in bytes, and the most characters of a
// message, which lists show on a line. Jenkins keeps 1,000 characters of what
// passed and 100,000 of what failed, and cuts in the middle; we cut at the end,
// before it does.
const (
	passOutput  = 900
	failOutput  = 64 << 10
	mostMessage = 900
)

// JUnit says how a JUnit report refers to the evidence.
type JUnit struct {
	// Root stands before the path of every file and attachment: for GitLab the
	// run's folder relative to the project, for Jenkins the same folder
	// absolute; empty: paths are relative to the run's folder.
	Root string
}

// WriteJUnit writes the run as JUnit XML with attachments relative to the
// run's folder.
func WriteJUnit(w io.Writer, r Run) error { return JUnit{}.Write(w, r) }

// Write writes the run as JUnit XML: one suite for each IP family and
// profile, one test case for each scenario, named by its ID. Nothing that did
// not pass looks like a pass: fail is a failure, and so is what is stale on the
// list of known failures; inconclusive, error, notRun and an unstable pass are
// errors; notApplicable and a fail that is known are skipped. Two results of one
// ID are an error, and nothing is written.
func (j JUnit) Write(w io.Writer, r Run) error {
	seen := map[string]bool{}
	for _, res := range r.Results {
		if seen[res.ID] {
			return fmt.Errorf("write junit: two results are called %s", res.ID)
		}
		seen[res.ID] = true
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(j.suites(r)); err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	return nil
}

// tally is the numbers of a suite, and of all suites.
type tally struct {
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Time     string `xml:"time,attr"`      // seconds
	Stamp    string `xml:"timestamp,attr"` // RFC 3339
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	tally
	Suites []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	tally
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	took       time.Duration
	started    time.Time
}

type junitCase struct {
	Name       string          `xml:"name,attr"`
	Class      string          `xml:"classname,attr"`
	File       string          `xml:"file,attr,omitempty"`
	Time       string          `xml:"time,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Skipped    *junitReason    `xml:"skipped"`
	Error      *junitReason    `xml:"error"`
	Failure    *junitReason    `xml:"failure"`
	Output     *junitText      `xml:"system-out"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitReason struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

type junitText struct {
	Text string `xml:",cdata"`
}

func (j JUnit) suites(r Run) junitSuites {
	all := junitSuites{Name: "rollover"}
	at := map[string]*junitSuite{}
	for _, res := range r.Results {
		name := suiteName(res.Scenario)
		s := at[name]
		if s == nil {
			s = &junitSuite{Name: name, Properties: suiteProperties(r)}
			at[name] = s
			all.Suites = append(all.Suites, s)
		}
		s.add(j.testCase(res), res)
	}
	for _, s := range all.Suites {
		if s.started.IsZero() {
			s.started = r.Started
		}
		s.Time, s.Stamp = seconds(s.took), s.started.Format(time.RFC3339)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
		all.Skipped += s.Skipped
	}
	all.Time, all.Stamp = seconds(r.Took()), r.Started.Format(time.RFC3339)
	return all
}

func (s *junitSuite) add(c junitCase, r rollover.Result) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.took += took(r)
	if !r.Started.IsZero() && (s.started.IsZero() || r.Started.Before(s.started)) {
		s.started = r.Started
	}
}

func suiteName(s rollover.Scenario) string {
	profile := s.Profile.Name
	if profile == "" {
		profile = "inline"
	}
	return printable(string(s.Family) + " " + profile)
}

func suiteProperties(r Run) []junitProperty {
	return properties(
		"tool", strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version),
		"target", strings.TrimSpace(r.Target.Product+" "+r.Target.Version),
		"vendor", r.Target.Vendor,
		"timing", r.Timing,
		"aborted", r.Aborted,
	)
}
