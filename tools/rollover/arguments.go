package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// exactlyOne wants one argument; what names it as a user would.
func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return misuse(cmd, what, args)
		}
		return nil
	}
}

// exactlyTwo wants two arguments.
func exactlyTwo(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 2 {
			return misuse(cmd, what, args)
		}
		return nil
	}
}

// oneOrMore wants an argument at least.
func oneOrMore(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return misuse(cmd, what, args)
		}
		return nil
	}
}

// oneOf wants one of the words.
func oneOf(words []string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 || !slices.Contains(words, args[0]) {
			return misuse(cmd, "one of "+strings.Join(words, " "), args)
		}
		return nil
	}
}

// noneOr wants nothing, or one of the words.
func noneOr(words []string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return oneOf(words)(cmd, args)
	}
}

// noArguments wants none.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misuse(cmd, "no argument", args)
	}
	return nil
}

// misuse is a mistake in the arguments, with the line as it should be.
func misuse(cmd *cobra.Command, wanted string, args []string) error {
	found := "none"
	if len(args) > 0 {
		found = fmt.Sprintf("%q", args)
		found = found[1 : len(found)-1]
	}
	return fmt.Errorf("%s wants %s; found %s\nusage: %s", cmd.Name(), wanted, found, cmd.UseLine())
}

// knownCommand refuses a subcommand that does not exist.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("no command %q%s\n`%s help` lists the commands", args[0], near(cmd.SuggestionsFor(args[0])), cmd.Name())
}

// near offers what looks like the word that was typed.
func near(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " (near: " + strings.Join(words, " ") + ")"
}

var (
	badValue  = regexp.MustCompile(`^invalid argument "(.*)" for "(?:-\w, )?--([a-z-]+)" flag: `)
	flagNames = regexp.MustCompile(`(?m)^\s+(?:-\w, )?--([a-z-]+)`)
)

// kinds says what a flag of each type takes.
var kinds = map[string]string{
	"int":      "a whole number",
	"uint16":   "a port from 0 to 65535",
	"duration": "a duration such as 90s, 5m or 1h30m",
	"bool":     "true or false",
}

// badFlag explains a flag that could not be read.
func badFlag(cmd *cobra.Command, err error) error {
	text := err.Error()
	if m := badValue.FindStringSubmatch(text); m != nil {
		if f := cmd.Flag(m[2]); f != nil && kinds[f.Value.Type()] != "" {
			text = fmt.Sprintf("--%s: found %q; allowed: %s", m[2], m[1], kinds[f.Value.Type()])
		}
	}
	if typed, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		var names []string
		for _, m := range flagNames.FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
			names = append(names, "--"+m[1])
		}
		text += near(rollover.Near("--"+typed, names))
	}
	return fmt.Errorf("%s\n`%s --help` lists the flags", text, cmd.CommandPath())
}
