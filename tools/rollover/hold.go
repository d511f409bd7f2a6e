package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// holder keeps a lab alive for the person at the terminal.
type holder struct {
	scenario rollover.Scenario
	target   target.Target
	timing   rollover.Timing
	in       *os.File
	out      io.Writer
}

const holdPrompt = `
A host's name opens a shell there, with a command behind it runs just that;
an empty line ends the lab. %s: `

// hold shows the lab and how to play in it by hand, and opens shells in its
// hosts, until the user has had enough.
func (h holder) hold(ctx context.Context, lab *netns.Lab) error {
	fmt.Fprint(h.out, h.describe(lab))
	for {
		fmt.Fprintf(h.out, holdPrompt, strings.Join(hostNames(lab), ", "))
		line, err := readLine(ctx, h.in)
		if err != nil || line == "" {
			fmt.Fprintln(h.out)
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return err
		}
		name, command, _ := strings.Cut(line, " ")
		if err := h.enter(ctx, lab, name, strings.TrimSpace(command)); err != nil {
			fmt.Fprintln(h.out, err)
		}
	}
}

// enter runs a command in a host, or a shell where there is none.
func (h holder) enter(ctx context.Context, lab *netns.Lab, name, command string) error {
	host := lab.Host(name)
	if host == nil {
		return fmt.Errorf("no host %q; allowed: %s", name, strings.Join(hostNames(lab), " "))
	}
	args := []string{"-c", command}
	program := "/bin/sh"
	if command == "" {
		args, program = nil, orWord(os.Getenv("SHELL"), program)
		fmt.Fprintf(h.out, "%s in the host %s; exit comes back\n", program, name)
	}
	cmd := host.Command(ctx, program, args...)
	cmd.Cmd.Stdin, cmd.Cmd.Stdout, cmd.Cmd.Stderr = h.in, os.Stdout, os.Stderr
	return cmd.Run()
}

func hostNames(lab *netns.Lab) []string {
	var names []string
	for _, h := range lab.Hosts() {
		names = append(names, h.Name())
	}
	return names
}

func orWord(word, fallback string) string {
	if word == "" {
		return fallback
	}
	return word
}
