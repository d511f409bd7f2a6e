package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/fixtures"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// watchOptions are the flags of `rollover watch`.
type watchOptions struct {
	dialect string
	off     []string
	faults  []string
	timing  string
}

func newWatch() *cobra.Command {
	var o watchOptions
	cmd := &cobra.Command{
		Use:   "watch URL",
		Short: "play a URL with the reference client over this machine's own network",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return watch(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.dialect, "dialect", "wmp11", "whose ladders to walk")
	f.StringSliceVar(&o.off, "off", nil, "protocols to switch off: UDP, TCP, HTTP")
	f.StringSliceVar(&o.faults, "fault", nil, "plant a fault (F-nn); may be repeated")
	f.StringVar(&o.timing, "timing", rollover.Standard.Name, "brisk or standard")
	return cmd
}

func watch(ctx context.Context, url string, o watchOptions) error {
	timing, err := rollover.ParseTiming(o.timing)
	if err != nil {
		return fmt.Errorf("--timing: %w", err)
	}
	client, err := fixtures.NewClient(fixtures.ClientConfig{
		Dialect: o.dialect, Off: o.off, Faults: o.faults,
		Timing:  stream.Timing{Connect: timing.Connect, Reply: timing.Reply, FirstData: timing.FirstData, Silence: timing.Silence},
		Network: hostNetwork(),
		Journal: stream.NewJournal(os.Stderr, "client"),
	})
	if err != nil {
		return err
	}
	result, err := client.Play(ctx, url)
	if err != nil {
		return err
	}
	fmt.Println(result)
	if result.Outcome != stream.Played {
		return exitWith(exitFail)
	}
	return nil
}
