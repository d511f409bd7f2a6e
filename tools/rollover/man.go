package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "print the manual page",
		Long: `Prints the manual page of this program, made from the texts that help shows.

  rollover man > /usr/local/share/man/man1/rollover.1`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), manual(cmd.Root()))
			return err
		},
	}
}

// manual is the page of a program with all its commands, as man(7) has it.
func manual(root *cobra.Command) string {
	p := &manPage{}
	p.macro("TH", strings.ToUpper(root.Name()), "1", builtOn(), root.Name()+" "+root.Version, "User Commands")
	p.macro("SH", "NAME")
	p.text(root.Name() + " - " + root.Short)
	p.macro("SH", "SYNOPSIS")
	p.text("rollover COMMAND [ARGUMENT ...] [FLAG ...]")
	p.macro("SH", "DESCRIPTION")
	p.prose(root.Long)
	p.macro("SH", "COMMANDS")
	for _, cmd := range root.Commands() {
		if !cmd.IsAvailableCommand() {
			continue
		}
		p.macro("SS", cmd.CommandPath()+strings.TrimPrefix(cmd.Use, cmd.Name()))
		if cmd.Long == "" {
			p.prose(sentenceOf(cmd.Short))
		}
		p.prose(cmd.Long)
		cmd.LocalNonPersistentFlags().VisitAll(p.flag)
	}
	p.macro("SH", "EXIT STATUS")
	for _, c := range exitCodes {
		p.item(fmt.Sprint(c.code), c.text)
	}
	p.macro("SH", "EXAMPLES")
	p.prose(root.Example)
	return p.String()
}

// exitCodes are those of run, play, judge, report, merge and certify; the other
// commands tell their own.
var exitCodes = []struct {
	code int
	text string
}{
	{exitPass, "Everything that applies passed, or is known to fail."},
	{exitFail, "The system under test broke a requirement, or the list of known failures is stale."},
	{exitUsage, "Usage, or input that cannot be read; nothing was played."},
	{exitInconclusive, "No clear answer: inconclusive, unstable, not run, or nothing ran."},
	{exitRig, "Trouble of the rig, which is never the fault of the system under test."},
}

// builtOn is the day of the commit that the program was built from; empty where
// nobody knows.
func builtOn() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if day, _, dated := strings.Cut(s.Value, "T"); s.Key == "vcs.time" && dated {
			return day
		}
	}
	return ""
}

func sentenceOf(short string) string { return strings.ToUpper(short[:1]) + short[1:] + "." }

// manPage is a page on its way.
type manPage struct{ strings.Builder }

// macro writes a request with its arguments in quotation marks.
func (p *manPage) macro(name string, args ...string) {
	p.WriteString("." + name)
	for _, a := range args {
		p.WriteString(` "` + strings.ReplaceAll(manEscape(a), `"`, `\(dq`) + `"`)
	}
	p.WriteByte('\n')
}

// text writes a line of text.
func (p *manPage) text(line string) {
	line = manEscape(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	p.WriteString(line + "\n")
}

// prose writes paragraphs; lines that are indented stay as they are.
func (p *manPage) prose(text string) {
	if text == "" {
		return
	}
	verbatim := false
	for line := range strings.SplitSeq(text, "\n") {
		indented := strings.HasPrefix(line, "  ")
		if indented != verbatim && line != "" {
			verbatim = indented
			p.macro(map[bool]string{true: "nf", false: "fi"}[verbatim])
		}
		if line == "" {
			p.macro("PP")
			continue
		}
		p.text(line)
	}
	if verbatim {
		p.macro("fi")
	}
}

// item writes a term and what it means.
func (p *manPage) item(term, text string) {
	p.macro("TP")
	p.WriteString(`\fB` + manEscape(term) + "\\fR\n")
	p.text(text)
}

func (p *manPage) flag(f *pflag.Flag) {
	if f.Name == "help" {
		return
	}
	value, usage := pflag.UnquoteUsage(f)
	term := "--" + f.Name
	if f.Shorthand != "" {
		term = "-" + f.Shorthand + ", " + term
	}
	if value != "" {
		term += " " + value
	}
	p.item(term, usage)
}

// manEscape keeps a text from being taken for requests, and hyphens from being
// broken at or dressed up.
func manEscape(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
}
