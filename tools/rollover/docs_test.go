package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// documentation is the README and everything in docs.
func documentation(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range append(names, filepath.Join("..", "..", "README.md")) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(data)
	}
	return out
}

var block = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestExamplesOfTheDocs: every file that the documentation shows can be read,
// and every command that it types exists with its flags.
func TestExamplesOfTheDocs(t *testing.T) {
	t.Parallel()
	n := map[string]int{}
	for name, text := range documentation(t) {
		for _, m := range block.FindAllStringSubmatch(text, -1) {
			kind, err := m[1], error(nil)
			switch kind {
			case "yaml":
				kind, err = exampleFile(m[2])
			case "console":
				err = exampleCommands(t, m[2])
			}
			n[kind]++
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, m[2])
			}
		}
	}
	for _, kind := range []string{"scenarios", "target", "known failures", "console"} {
		if n[kind] == 0 {
			t.Errorf("no example of %s: %v", kind, n)
		}
	}
}

// exampleFile reads a file that is shown, by what it begins with.
func exampleFile(text string) (kind string, err error) {
	first := regexp.MustCompile(`(?m)^(- )?(\w+):`).FindStringSubmatch(text)
	if first == nil {
		return "something", nil
	}
	switch first[0] {
	case "- id:":
		_, err = rollover.LoadScenarios("example.yaml", []byte(text))
		return "scenarios", err
	case "- scenario:":
		_, err = reports.LoadKnownFailures("example.yaml", []byte(text))
		return "known failures", err
	case "vendor:":
		_, err = target.Load("example.yaml", []byte(text))
		return "target", err
	}
	return "something", nil
}

type docError string

func (e docError) Error() string { return string(e) }

// exampleCommands looks up each command of a console, and its flags.
func exampleCommands(t *testing.T, text string) error {
	t.Helper()
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		words := strings.Fields(strings.TrimPrefix(line, "$ "))
		i := slices.IndexFunc(words, func(w string) bool { return w == "rollover" || strings.HasSuffix(w, "/rollover") })
		if i < 0 || i+1 == len(words) {
			continue
		}
		cmd, _, err := newRoot().Find(words[i+1 : i+2])
		if err != nil || !cmd.HasParent() && !strings.HasPrefix(words[i+1], "-") {
			return docError("no command " + words[i+1])
		}
		for _, w := range words[i+2:] {
			flag, _, _ := strings.Cut(strings.TrimPrefix(w, "--"), "=")
			if strings.HasPrefix(w, "--") && flag != "" && cmd.Flags().Lookup(flag) == nil {
				return docError(cmd.Name() + " has no flag " + w)
			}
		}
	}
	return nil
}

// TestDocsLeadSomewhere: the files that documents link to are there.
func TestDocsLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#:\s]+)\)`)
	for name, text := range documentation(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestExamplesCanBeWrong(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"- id: a\n  dialect: wmp12\n  moniker: rtsp\n", "# one\n- scenario: a\n", "vendor: x\n"} {
		if _, err := exampleFile(bad); err == nil {
			t.Errorf("accepted:\n%s", bad)
		}
	}
	for _, bad := range []string{"$ rollover rum\n", "$ bin/rollover run --no-such\n"} {
		if exampleCommands(t, bad) == nil {
			t.Errorf("accepted: %s", bad)
		}
	}
}
