package reports

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// browser is the path of Chromium. Without one the test is skipped, or fails
// where everything must run.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const word = "chromium is not installed: the page was not tried in a browser"
	if os.Getenv("ROLLOVER_REQUIRE") == "1" || os.Getenv("CI") == "true" {
		t.Fatal(word)
	}
	t.Skip(word)
	return ""
}

// visit opens a page from disk and returns its elements after its script ran,
// and what the browser wrote to the console. Tests that use it are not run in
// parallel: a browser is many processes already.
func visit(t *testing.T, html, hash string) (dom, console string) {
	t.Helper()
	path := browser(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "index.html")
	if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--enable-logging=stderr", "--user-data-dir="+filepath.Join(dir, "profile"), "--dump-dom",
		(&url.URL{Scheme: "file", Path: file}).String()+hash)
	cmd.WaitDelay = 5 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, errs.String())
	}
	for line := range strings.Lines(errs.String()) {
		if strings.Contains(line, ":CONSOLE") {
			console += line
		}
	}
	return out.String(), console
}

var trialTag = regexp.MustCompile(`<tbody class="trial[^>]*>`)

// visible are the IDs of the rows that are not hidden, from top to bottom.
func visible(dom string) []string {
	var out []string
	for _, tag := range trialTag.FindAllString(dom, -1) {
		if !strings.Contains(tag, " hidden") {
			_, id, _ := strings.Cut(tag, `data-id="`)
			id, _, _ = strings.Cut(id, `"`)
			out = append(out, id)
		}
	}
	return out
}

func TestBrowserFiltersAndSorts(t *testing.T) {
	page := pageOf(t, sampleRun())
	want := func(keep func(rollover.Result) bool) (ids []string) {
		for _, r := range sampleRun().Results {
			if keep(r) {
				ids = append(ids, r.ID)
			}
		}
		return ids
	}
	for _, c := range []struct {
		hash string
		keep func(rollover.Result) bool
	}{
		{"", func(rollover.Result) bool { return true }},
		{"#verdict=fail", func(r rollover.Result) bool { return r.Verdict == rollover.Fail }},
		{"#verdict=error,notRun", func(r rollover.Result) bool { return r.Verdict == rollover.Error || r.Verdict == rollover.NotRun }},
		{"#verdict=unstable", func(r rollover.Result) bool { return r.Unstable }},
		{"#verdict=known,stale", func(r rollover.Result) bool { return r.ExpectedFail() || r.Stale() }},
		{"#family=ipv6&level=core", func(r rollover.Result) bool {
			return r.Scenario.Family == rollover.IPv6 && r.Scenario.Level == rollover.Core
		}},
		{"#requirement=RO-RTSP-107", func(r rollover.Result) bool { return strings.Contains(r.ID, "after-switch") }},
		{"#find=without%20udp", func(r rollover.Result) bool { return strings.Contains(r.ID, "offer/no-udp") }},
		{"#find=no-such-thing", func(rollover.Result) bool { return false }},
	} {
		dom, console := visit(t, page, c.hash)
		ids := want(c.keep)
		if got := visible(dom); fmt.Sprint(got) != fmt.Sprint(ids) {
			t.Errorf("%q shows %v, want %v", c.hash, got, ids)
		}
		if !strings.Contains(dom, fmt.Sprintf(">%d of 25</output>", len(ids))) {
			t.Errorf("%q does not say how many it shows", c.hash)
		}
		if console != "" {
			t.Errorf("%q: the console says\n%s", c.hash, console)
		}
	}
	dom, _ := visit(t, page, "#sort=id-down")
	if got := visible(dom); got[0] != "rtsp/switch/same-connection" || !strings.Contains(dom, `aria-sort="descending"`) {
		t.Errorf("sorted by ID from the end, the first is %s", got[0])
	}
}

func TestBrowserOpensATrial(t *testing.T) {
	dom, console := visit(t, pageOf(t, sampleRun()), "#trial=rtsp/headers/strange-server-name")
	if console != "" {
		t.Errorf("the console says\n%s", console)
	}
	if n := strings.Count(dom, `<tr class="more">`); n != 1 {
		t.Errorf("%d trials are open, want 1", n)
	}
	if !strings.Contains(dom, "<title>Example Streamer 4.2: failed · rollover</title>") {
		t.Error("a peer's text was run as a script")
	}
}

// TestBrowserNoticesABrokenScript proves that the silence in the other tests
// means something.
func TestBrowserNoticesABrokenScript(t *testing.T) {
	page := pageOf(t, sampleRun())
	if _, console := visit(t, strings.Replace(page, `id="shown"`, `id="nothing"`, 1), ""); !strings.Contains(console, "TypeError") {
		t.Errorf("a script that fails leaves no trace: %q", console)
	}
	foreign := strings.Replace(page, "<main>", "<main><script>document.title='owned'</script>", 1)
	dom, console := visit(t, foreign, "")
	if strings.Contains(dom, "<title>owned</title>") || !strings.Contains(console, "Content Security Policy") {
		t.Errorf("a foreign script was let run; console: %q", console)
	}
}

func TestBrowserTakesAThousand(t *testing.T) {
	run := sampleRun()
	some := run.Results
	run.Results = nil
	for i := range 1000 {
		r := some[i%len(some)]
		r.ID = fmt.Sprintf("%s/%d", r.ID, i)
		run.Results = append(run.Results, r)
	}
	page := pageOf(t, run)
	if len(page) > 20<<20 {
		t.Errorf("the page has %d bytes", len(page))
	}
	began := time.Now()
	dom, console := visit(t, page, "#verdict=fail&sort=took-down")
	t.Logf("%d kB, shown after %v", len(page)>>10, time.Since(began))
	if n := len(visible(dom)); n != 160 || console != "" {
		t.Errorf("%d rows are visible, want 160; console: %s", n, console)
	}
	if strings.Contains(dom, `<tr class="more">`) {
		t.Error("closed trials were built")
	}
}
