package reports

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func tableOf(t *testing.T, r Run, o TableOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTable(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTableGolden(t *testing.T) {
	t.Parallel()
	passing := sampleRun()
	passing.Results = nil
	for _, r := range sampleRun().Results {
		if r.Verdict == rollover.Pass && !r.Unstable || r.Verdict == rollover.NotApplicable {
			passing.Results = append(passing.Results, r)
		}
	}
	for _, c := range []struct {
		name string
		run  Run
		o    TableOptions
	}{
		{"passing-80", passing, TableOptions{Width: 80}},
		{"failing-80", sampleRun(), TableOptions{Width: 80}},
		{"failing-120", sampleRun(), TableOptions{Width: 120}},
		{"failing-120-colour", sampleRun(), TableOptions{Width: 120, Color: true}},
		{"failing-100-verbose", sampleRun(), TableOptions{Verbose: true}},
		{"empty", Run{Aborted: "build lab: no such device"}, TableOptions{}},
	} {
		golden(t, "table/"+c.name+".txt", tableOf(t, c.run, c.o))
	}
}

// TestTableFits holds every width: no line is longer, and colour changes
// nothing but colour.
func TestTableFits(t *testing.T) {
	t.Parallel()
	sequences := regexp.MustCompile("\x1b\\[[0-9]+m")
	for width := 60; width <= 200; width += 7 {
		for _, verbose := range []bool{false, true} {
			o := TableOptions{Width: width, Verbose: verbose}
			bare := tableOf(t, sampleRun(), o)
			for line := range strings.Lines(string(bare)) {
				if n := runes(strings.TrimSuffix(line, "\n")); n > width && !strings.Contains(line, " · ") && !strings.Contains(line, "    again ") {
					t.Errorf("width %d: %d columns: %q", width, n, line)
				}
				if strings.HasSuffix(line, " \n") {
					t.Errorf("width %d: blanks at the end: %q", width, line)
				}
			}
			o.Color = true
			if got := sequences.ReplaceAll(tableOf(t, sampleRun(), o), nil); !bytes.Equal(got, bare) {
				t.Errorf("width %d: colour changes the text", width)
			}
		}
	}
}

func TestTableHasNoControlCharacters(t *testing.T) {
	t.Parallel()
	if i := bytes.IndexFunc(tableOf(t, sampleRun(), TableOptions{}), func(r rune) bool { return r < ' ' && r != '\n' }); i >= 0 {
		t.Errorf("a control character at byte %d", i)
	}
}

func TestTableShortensLongCauses(t *testing.T) {
	t.Parallel()
	r := sampleRun()
	sick := leaking("x", rollover.IPv4)
	r.Results = nil
	for i := range 12 {
		sick.ID = fmt.Sprintf("x/%d", i)
		r.Results = append(r.Results, sick)
	}
	if text := string(tableOf(t, r, TableOptions{})); !strings.Contains(text, "7 more scenarios of the same cause") {
		t.Errorf("no word about the rest:\n%s", text)
	}
	if text := string(tableOf(t, r, TableOptions{Verbose: true})); strings.Contains(text, "more scenarios") {
		t.Errorf("verbose, and still shortened:\n%s", text)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		n    int
		sep  rune
		want string
	}{
		{"one two", 7, ' ', "one two"},
		{"one two", 3, ' ', "one|two"},
		{"one two three", 8, ' ', "one two|three"},
		{"rtsp/no-udp/after", 12, '/', "rtsp/no-udp/|after"},
		{"unbreakable", 4, ' ', "unbr|eaka|ble"},
		{"äöü äöü", 4, ' ', "äöü|äöü"},
		{"a\nb", 9, ' ', "a|b"},
		{"", 9, ' ', ""},
	} {
		if got := strings.Join(wrap(c.in, c.n, c.sep), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) is %q, want %q", c.in, c.n, got, c.want)
		}
	}
}
