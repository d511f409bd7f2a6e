package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// hold keeps the lab alive: it asks for a host and opens a shell there, until
// the user has had enough.
func hold(s rollover.Scenario, in io.Reader, out io.Writer) func(context.Context, *netns.Lab) error {
	return func(ctx context.Context, lab *netns.Lab) error {
		fmt.Fprintf(out, "\nThe lab of %s is alive: %s %s, gateway, %s %s.\nFirewall (at the %s):\n%s\n",
			s.ID, netns.Client, addrs(lab.Host(netns.Client)), netns.Server, addrs(lab.Host(netns.Server)),
			orWord(string(s.Profile.At), netns.Gateway), lab.Ruleset(s.Profile))
		lines := bufio.NewScanner(in)
		for {
			fmt.Fprint(out, "host for a shell (client, gateway, server; empty ends): ")
			if !lines.Scan() {
				return lines.Err()
			}
			name := strings.TrimSpace(lines.Text())
			if name == "" {
				return nil
			}
			host := lab.Host(name)
			if host == nil {
				fmt.Fprintf(out, "no host %q\n", name)
				continue
			}
			if err := shell(ctx, host); err != nil {
				fmt.Fprintf(out, "%v\n", err)
			}
		}
	}
}

func shell(ctx context.Context, host *netns.Host) error {
	program := orWord(os.Getenv("SHELL"), "/bin/sh")
	cmd := host.Command(ctx, program)
	cmd.Cmd.Stdin, cmd.Cmd.Stdout, cmd.Cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func addrs(h *netns.Host) string {
	var words []string
	for _, a := range h.Addrs() {
		words = append(words, a.String())
	}
	return strings.Join(words, " ")
}

func orWord(word, fallback string) string {
	if word == "" {
		return fallback
	}
	return word
}
