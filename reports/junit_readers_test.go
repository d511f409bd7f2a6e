package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// statusFor is how a reader has to show a result: nothing that did not pass
// looks like a pass, and nothing that is known looks like a failure.
func statusFor(r rollover.Result) []string {
	switch {
	case r.Stale():
		return []string{"failed"}
	case r.ExpectedFail(), r.Verdict == rollover.NotApplicable:
		return []string{"skipped"}
	case r.Verdict == rollover.Fail:
		return []string{"failed"}
	case r.Verdict == rollover.Pass && !r.Unstable:
		return []string{"passed"}
	}
	return []string{"error", "failed"} // some readers know no difference
}

// TestJUnitByItsReaders reads one run in the manner of each reader.
func TestJUnitByItsReaders(t *testing.T) {
	t.Parallel()
	run := knownRun(t)
	root := treeOf(t, junit(t, JUnit{Root: "/srv/ci/runs/1"}, run))
	for name, read := range readers {
		cases := read(t, root)
		if len(cases) != len(run.Results) {
			t.Fatalf("%s reads %d cases, want %d", name, len(cases), len(run.Results))
		}
		for _, c := range cases {
			i := slices.IndexFunc(run.Results, func(r rollover.Result) bool { return r.ID == c.name })
			if i < 0 {
				t.Fatalf("%s reads a case called %q", name, c.name)
			}
			checkRead(t, name, c, run.Results[i])
		}
	}
}

func checkRead(t *testing.T, reader string, c readCase, r rollover.Result) {
	t.Helper()
	if want := statusFor(r); !slices.Contains(want, c.status) {
		t.Errorf("%s shows %s as %s, want %v", reader, r.ID, c.status, want)
	}
	if c.group == "" || strings.ContainsAny(c.group, "/ ") || c.seconds != took(r).Seconds() {
		t.Errorf("%s: %s is in %q and took %v", reader, r.ID, c.group, c.seconds)
	}
	told := c.message + c.details
	switch c.status {
	case "failed", "error":
		f := firstFinding(r)
		if r.Verdict == rollover.NotRun {
			f = rollover.Finding{Expected: r.Reason}
		}
		for _, want := range []string{string(f.Party), f.Requirement, printable(f.Expected), r.Rerun} {
			if !strings.Contains(told, want) {
				t.Errorf("%s does not tell %q of %s:\n%s", reader, want, r.ID, told)
			}
		}
		for _, frame := range f.Frames[:min(2, len(f.Frames))] {
			if !strings.Contains(c.details, frameList([]rollover.FrameRef{frame}, 1)) {
				t.Errorf("%s does not tell frame %d of %s", reader, frame, r.ID)
			}
		}
	case "skipped":
		why := r.Reason
		if r.Known != nil {
			why = r.Known.Owner + ", until " + r.Known.Expires
		}
		if told != "" && !strings.Contains(told, why) { // GitHub's readers show no reason
			t.Errorf("%s: %s is skipped for %q, want %q", reader, r.ID, told, why)
		}
	}
	if len(c.attachments) > 0 && !slices.Equal(c.attachments, []string{"/srv/ci/runs/1/" + r.ID + "/capture.pcapng"}) {
		t.Errorf("%s: attachments %q", reader, c.attachments)
	}
}

// TestJUnitAttachments: GitLab finds one for all that failed, Jenkins for all
// that ran; GitLab's are relative.
func TestJUnitAttachments(t *testing.T) {
	t.Parallel()
	run := knownRun(t)
	for _, c := range []struct {
		name, root, want string
		ran              func(rollover.Result) bool
	}{
		{"GitLab", "runs/1", "runs/1/", func(r rollover.Result) bool { return statusFor(r)[0] == "failed" || statusFor(r)[0] == "error" }},
		{"GitLab", "", "", func(r rollover.Result) bool { return statusFor(r)[0] == "failed" || statusFor(r)[0] == "error" }},
		{"Jenkins", "/srv/runs/1", "/srv/runs/1/", func(rollover.Result) bool { return true }},
	} {
		for _, got := range readers[c.name](t, treeOf(t, junit(t, JUnit{Root: c.root}, run))) {
			i := slices.IndexFunc(run.Results, func(r rollover.Result) bool { return r.ID == got.name })
			r := run.Results[i]
			var want []string
			if r.Evidence != "" && c.ran(r) {
				want = []string{c.want + r.ID + "/capture.pcapng"}
			}
			if !slices.Equal(got.attachments, want) {
				t.Errorf("%s: %s has attachments %q, want %q", c.name, r.ID, got.attachments, want)
			}
		}
	}
}

// TestReadersTellApart: the readers above see what is wrong with a report.
func TestReadersTellApart(t *testing.T) {
	t.Parallel()
	const report = `<testsuites time="1"><testsuite name="s" timestamp="2026-03-14T09:26:53Z">
<testcase name="a" classname="c" time="1"/>
<testcase name="b" classname="c" time="1,000.5"><skipped>why</skipped><failure message="m">d</failure></testcase>
<testcase name="c" classname="c" time="1"><error type="E"><![CDATA[x]]><![CDATA[y]]></error><system-out>z [[ATTACHMENT|a]] [[ATTACHMENT|b]]</system-out></testcase>
</testsuite></testsuites>`
	root := treeOf(t, []byte(report))
	for name, want := range map[string][3]string{
		"GitLab": {"passed", "failed", "error"}, "Jenkins": {"passed", "skipped", "error"},
		"mikepenz/action-junit-report": {"passed", "skipped", "failed"},
	} {
		for i, c := range readers[name](t, root) {
			if c.status != want[i] {
				t.Errorf("%s: case %d is %s, want %s", name, i, c.status, want[i])
			}
		}
	}
	if got := readLikeMikepenz(t, root)[2]; got.details != "x,y" || got.message != "x,y" {
		t.Errorf("two quotations read %+v", got)
	}
	if got := readLikeGitLab(t, root)[2]; !slices.Equal(got.attachments, []string{"a"}) {
		t.Errorf("GitLab's attachments %q", got.attachments)
	}
	if got := readLikeJenkins(t, root)[2]; !slices.Equal(got.attachments, []string{"a]] [[ATTACHMENT"}) || readLikeJenkins(t, root)[1].seconds != 1000.5 {
		t.Errorf("Jenkins reads %+v", got)
	}
}
