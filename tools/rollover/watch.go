package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/fixtures"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// watchOptions are the flags of `rollover watch`.
type watchOptions struct {
	dialect  string
	off      []string
	faults   []string
	timing   string
	user     string
	password string
}

func newWatch() *cobra.Command {
	var o watchOptions
	cmd := &cobra.Command{
		Use:   "watch URL",
		Short: "play a URL with the reference client over this machine's own network",
		Long: `Plays a URL with the reference client, over this machine's own network and
without a lab. How each rung ended goes to standard output, the client's journal
to standard error, one JSON line an event. Exit codes: 0 played, 1 not, 2 usage.`,
		Args: exactlyOne("one URL, such as rtsp://127.0.0.1/clip.asf"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return watch(cmd.Context(), args[0], o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.dialect, "dialect", "wmp11", "the `DIALECT` whose ladders to walk")
	f.StringSliceVar(&o.off, "off", nil, "the `PROTOCOLS` to switch off: UDP, TCP, HTTP, RTSP, MULTICAST, DOWNLOAD")
	f.StringSliceVar(&o.faults, "fault", nil, "plant this `FAULT` (F-nn); may be repeated")
	f.StringVar(&o.timing, "timing", rollover.Standard.Name, "the `TIMING`: brisk or standard")
	f.StringVar(&o.user, "user", "", "the `NAME` to answer with")
	f.StringVar(&o.password, "password", "", "its `PASSWORD`")
	return cmd
}

func watch(ctx context.Context, url string, o watchOptions) error {
	timing, err := rollover.ParseTiming(o.timing)
	if err != nil {
		return fmt.Errorf("--timing: %w", err)
	}
	client, err := fixtures.NewClient(fixtures.ClientConfig{
		Dialect: o.dialect, Off: o.off, Faults: o.faults, User: o.user, Password: o.password,
		Timing:  stream.Timing{Connect: timing.Connect, Reply: timing.Reply, FirstData: timing.FirstData, Silence: timing.Silence},
		Network: hostNetwork(),
		Journal: slog.New(walkLog{stream.NewJournal(os.Stderr, "client").Handler(), os.Stdout}),
	})
	if err != nil {
		return err
	}
	defer client.Close()
	result, err := client.Play(ctx, url)
	var unresolved *net.DNSError
	switch {
	case ctx.Err() != nil:
		fmt.Println("interrupted")
		return exitWith(exitFail)
	case errors.As(err, &unresolved):
		fmt.Println(err)
		return exitWith(exitFail)
	case err != nil:
		return err
	case result.Outcome == stream.Played:
		return nil
	case result.Outcome == "": // nothing was tried, so nothing has told why
		fmt.Println("nothing tried: " + result.Why)
	}
	return exitWith(exitFail)
}
