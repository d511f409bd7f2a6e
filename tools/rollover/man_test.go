package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestManualHasEverything: each command and each flag is in it, and nothing in
// it is taken for a request that is none.
func TestManualHasEverything(t *testing.T) {
	t.Parallel()
	root := newRoot()
	page := manual(root)
	for _, cmd := range root.Commands() {
		if !strings.Contains(page, `.SS "rollover `+manEscape(cmd.Name())) {
			t.Errorf("no %s", cmd.Name())
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !strings.Contains(page, `\fB\-\-`+manEscape(f.Name)) && !strings.Contains(page, `, \-\-`+manEscape(f.Name)) {
				t.Errorf("no %s --%s", cmd.Name(), f.Name)
			}
		})
	}
	known := []string{"TH", "SH", "SS", "PP", "TP", "nf", "fi"}
	open := false
	for line := range strings.Lines(page) {
		request, isRequest := strings.CutPrefix(strings.TrimSuffix(line, "\n"), ".")
		name, _, _ := strings.Cut(request, " ")
		switch {
		case strings.HasPrefix(line, "'"), isRequest && !slices.Contains(known, name):
			t.Errorf("a line that is no text: %q", line)
		case name == "nf" || name == "fi":
			if open == (name == "nf") {
				t.Errorf("%s where it does not belong", name)
			}
			open = name == "nf"
		}
	}
	if open {
		t.Error("the last verbatim lines have no end")
	}
}

func TestManualEscapes(t *testing.T) {
	t.Parallel()
	p := &manPage{}
	p.text(`.so /etc/passwd`)
	p.text(`'nothing' \fB--x`)
	p.macro("SS", `say "no"`)
	want := "\\&.so /etc/passwd\n\\&'nothing' \\efB\\-\\-x\n.SS \"say \\(dqno\\(dq\"\n"
	if p.String() != want {
		t.Errorf("got %q, want %q", p.String(), want)
	}
}
