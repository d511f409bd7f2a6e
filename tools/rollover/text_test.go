package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func TestClipped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"3/9 done", 20, "3/9 done"},
		{"3/9 done", 8, "3/9 done"},
		{"3/9 done", 7, "3/9 do…"},
		{"äöü", 2, "ä…"},
		{"3/9 done", 0, "…"},
	} {
		if got := clipped(c.text, c.columns); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

func TestBeside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		left, right   string
		column, width int
		want          string
	}{
		{"+ a/b", "RTSPU:played", 8, 80, "+ a/b   RTSPU:played\n"},
		{"+ a/b", "RTSPU:blocked RTSPT:blocked? HTTP:played", 8, 40, "+ a/b   RTSPU:blocked RTSPT:blocked?\n        HTTP:played\n"},
		{"+ a/long/name", "RTSPU:played", 20, 40, "+ a/long/name\n      RTSPU:played\n"},
		{"", "Does not apply.", 4, 80, "    Does not apply.\n"},
		{"", "", 4, 80, ""},
	} {
		if got := beside(c.left, c.right, c.column, c.width); got != c.want {
			t.Errorf("%q beside %q: %q, want %q", c.left, c.right, got, c.want)
		}
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{
		"rollover run rtsp/no-udp":   {"rollover", "run", "rtsp/no-udp"},
		"a 'b c' '' 'it'\\''s' '$x'": {"a", "b c", "", "it's", "$x"},
		"p 'core && !ipv6'":          {"p", "core && !ipv6"},
	} {
		if got := reports.CommandLine(words); got != want {
			t.Errorf("%q: %s, want %s", words, got, want)
		}
	}
}

// TestReadLineLeavesTheRest: a shell started next finds its input whole.
func TestReadLineLeavesTheRest(t *testing.T) {
	t.Parallel()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := out.WriteString(" client \nls\nend"); err != nil {
		t.Fatal(err)
	}
	out.Close()
	if line, err := readLine(t.Context(), in); line != "client" || err != nil {
		t.Errorf("%q, %v", line, err)
	}
	rest := make([]byte, 3)
	if _, err := io.ReadFull(in, rest); err != nil || string(rest) != "ls\n" {
		t.Errorf("the rest begins with %q, %v", rest, err)
	}
	if line, err := readLine(t.Context(), in); line != "end" || !errors.Is(err, io.EOF) {
		t.Errorf("%q, %v", line, err)
	}
}

func TestReadLineEndsWithItsContext(t *testing.T) {
	t.Parallel()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	defer out.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if line, err := readLine(ctx, in); line != "" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%q, %v", line, err)
	}
}

// TestProgressElsewhere: where nobody watches, a line at the end, and not one a
// trial; nothing at all for --quiet.
func TestProgressElsewhere(t *testing.T) {
	t.Parallel()
	for quiet, want := range map[bool]string{false: "3/3 done\n", true: ""} {
		var b locked
		p := newProgressLine(t.Context(), &b, quiet)
		for done := range 4 {
			p.show(campaign.Progress{Done: done, Running: 3 - done, Total: 3, Left: time.Second})
		}
		p.close()
		if b.String() != want {
			t.Errorf("quiet %v: %q, want %q", quiet, b.String(), want)
		}
	}
}

func TestProgressText(t *testing.T) {
	t.Parallel()
	last := rollover.Result{ID: "rtsp/no-udp", Verdict: rollover.Fail}
	for want, p := range map[string]*progressLine{
		"2/9 done, 7 running, about 5s left":                   {now: campaign.Progress{Done: 2, Running: 7, Total: 9, Left: 5 * time.Second}},
		"2/9 done, 7 running, about 5s left  rtsp/no-udp fail": {live: true, now: campaign.Progress{Done: 2, Running: 7, Total: 9, Left: 5 * time.Second, Last: last}},
		"2/9 done, 7 running, about 1s left":                   {now: campaign.Progress{Done: 2, Running: 7, Total: 9}},
		"9/9 done":                                             {now: campaign.Progress{Done: 9, Total: 9, Last: last}},
		"once more, alone: 2/3, rtsp/no-udp (fail)":            {now: campaign.Progress{Done: 1, Running: 1, Total: 3, Again: true, Last: last}},
	} {
		p.at = time.Now()
		if got := p.text(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestFolders: runs that name no folder never share one.
func TestFolders(t *testing.T) {
	t.Chdir(t.TempDir())
	seen := map[string]bool{}
	for range 4 { // at least two of them within one second
		dir, err := makeFolder("")
		if err != nil {
			t.Fatal(err)
		}
		if seen[dir] {
			t.Errorf("%s a second time", dir)
		}
		seen[dir] = true
	}
	if joined := strings.Join(keys(seen), " "); !strings.Contains(joined, "Z-2") {
		t.Errorf("no suffix in %s", joined)
	}
	if err := checkFolder("", nil); err != nil {
		t.Error(err)
	}
}

func keys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
