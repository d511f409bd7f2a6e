package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/rollover-conformance/rollover/"

// allowed says what each package may import of ours; a name that ends in /...
// stands for a folder. Whoever breaks a line finds the reason in ARCHITECTURE.md.
var allowed = map[string][]string{
	"netns/firewall":  {},
	"fixtures/asf":    {},
	"fixtures/wire":   {},
	"fixtures/rtsp":   {"fixtures/asf", "fixtures/wire"},
	"fixtures/wmsp":   {"fixtures/asf", "fixtures/wire"},
	"fixtures/mms":    {"fixtures/asf", "fixtures/wire"},
	"fixtures/modern": {"fixtures/wire", "fixtures/rtsp", "fixtures/wmsp"},

	"suites/rollover/strict": {},
	"suites/rollover":        {"netns/firewall", "suites/rollover/strict"},
	"suites/target":          {"netns/firewall", "suites/rollover", "suites/rollover/strict"},
	"reports":                {"netns/firewall", "suites/rollover", "suites/rollover/strict", "suites/target"},

	"fixtures/stream":              {},
	"fixtures/hostile":             {},
	"fixtures/deviation":           {"fixtures/stream"},
	"fixtures/rtsp/rtspserver":     {"fixtures/asf", "fixtures/wire", "fixtures/rtsp", "fixtures/stream"},
	"fixtures/rtsp/rtspclient":     {"fixtures/asf", "fixtures/wire", "fixtures/rtsp", "fixtures/stream"},
	"fixtures/wmsp/wmspserver":     {"fixtures/asf", "fixtures/wire", "fixtures/wmsp", "fixtures/stream"},
	"fixtures/wmsp/wmspclient":     {"fixtures/asf", "fixtures/wire", "fixtures/wmsp", "fixtures/stream"},
	"fixtures/mms/mmsserver":       {"fixtures/asf", "fixtures/mms", "fixtures/stream"},
	"fixtures/mms/mmsclient":       {"fixtures/asf", "fixtures/mms", "fixtures/stream"},
	"fixtures/modern/modernserver": {"fixtures/rtsp", "fixtures/wmsp", "fixtures/modern", "fixtures/stream"},
	"fixtures/modern/modernclient": {"fixtures/rtsp", "fixtures/wmsp", "fixtures/modern", "fixtures/stream"},
	"fixtures":                     {"fixtures/..."},
	"fixtures/external":            {"fixtures/stream"},

	"netns":         {"netns/firewall"},
	"netns/capture": {"netns", "netns/firewall"},

	"suites/evidence": {"netns/firewall", "suites/rollover", "suites/target"},
	"suites/trace":    {"netns/firewall", "fixtures/asf", "fixtures/wire", "fixtures/rtsp", "fixtures/wmsp", "fixtures/mms", "fixtures/modern", "suites/rollover", "suites/evidence"},
	"suites/assess":   {"fixtures/asf", "suites/rollover", "suites/evidence", "suites/trace"},
	"suites/trial":    {"netns/...", "fixtures/...", "suites/rollover", "suites/target", "suites/evidence", "suites/trace", "suites/assess"},
	"suites/campaign": {"fixtures/asf", "reports", "suites/rollover", "suites/target", "suites/trial"},
	"suites":          {"netns", "fixtures/asf", "fixtures/deviation", "fixtures/external", "reports", "suites/rollover", "suites/target", "suites/campaign"},
	"reports/bundle":  {"reports", "suites/rollover"},
	"suites/selftest": {"netns/...", "fixtures", "fixtures/asf", "reports", "suites/rollover", "suites/rollover/strict", "suites/target", "suites/evidence", "suites/assess", "suites/trial", "suites/campaign"},
	"tools/rollover":  {"..."},
	"tools/mutate":    {},
}

// pure packages open no socket, no file of their own and no process, so that
// a verdict can be repeated anywhere from files.
var pure = []string{"netns/firewall", "fixtures/asf", "fixtures/wire", "fixtures/rtsp", "fixtures/wmsp", "fixtures/mms", "fixtures/modern", "suites/rollover/strict", "suites/rollover", "suites/target", "reports"}

var impure = []string{"os", "os/exec", "net", "syscall", "golang.org/x/sys/unix"}

type listedPackage struct {
	ImportPath string
	Imports    []string
}

func TestImportDirections(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		may, ok := allowed[name]
		if !ok {
			t.Errorf("%s: no line in the table of imports; give it one, here and in ARCHITECTURE.md", name)
			continue
		}
		for _, imported := range p.Imports {
			ours, ok := strings.CutPrefix(imported, module)
			if ok && !permits(may, ours) {
				t.Errorf("%s imports %s; it may import only %v of ours", name, ours, may)
			}
		}
	}
}

func TestPureCore(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		for _, core := range pure {
			if name != core {
				continue
			}
			for _, imported := range p.Imports {
				for _, bad := range impure {
					if imported == bad {
						t.Errorf("%s imports %s: the pure core opens no socket, no file of its own and no process", name, bad)
					}
				}
			}
		}
	}
}

func permits(may []string, imported string) bool {
	for _, m := range may {
		if folder, ok := strings.CutSuffix(m, "..."); ok && strings.HasPrefix(imported+"/", folder) {
			return true
		}
		if m == imported {
			return true
		}
	}
	return false
}

func packages(t *testing.T) []listedPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listedPackage
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listedPackage
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
