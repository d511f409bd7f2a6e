package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/fixtures"
	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/fixtures/stream"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// serveOptions are the flags of `rollover serve`.
type serveOptions struct {
	dialect   string
	wms       string
	faults    []string
	listen    string
	rungs     []string
	ports     map[string]*uint16 // those that may be chosen, by name
	fastCache bool
	clip      time.Duration
}

func newServe() *cobra.Command {
	o := serveOptions{ports: map[string]*uint16{}}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "run the reference server on real ports until it is interrupted",
		Long: `Runs the reference server on this machine's own network, until it is
interrupted. Ports below 1024 need the privilege to open them; the flags name
others. Its journal goes to standard error, one JSON line an event.`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.dialect, "dialect", "", "serve the `DIALECT` modern, today's RTSP, instead of Windows Media")
	f.StringVar(&o.wms, "wms", "9.1", "the server's `VERSION`: 4.1, 9.0, 9.1, 9.5")
	f.StringSliceVar(&o.faults, "fault", nil, "plant this `FAULT` (E-nn); may be repeated")
	f.StringVar(&o.listen, "listen", "127.0.0.1", "the `ADDRESS` to listen on")
	f.StringSliceVar(&o.rungs, "rungs", nil, fmt.Sprintf("the `RUNGS` served, as far as the version has them (default %s; modern: %s)",
		strings.Join(fixtures.UsualRungs(), ","), strings.Join(fixtures.ModernRungs(), ",")))
	for _, row := range slices.Concat(fixtures.Protocols, fixtures.Modern) {
		for _, p := range row.Ports {
			if p.Use != "" && o.ports[p.Name] == nil {
				o.ports[p.Name] = f.Uint16(p.Name+"-port", p.Default, p.Use)
			}
		}
	}
	f.BoolVar(&o.fastCache, "fast-cache", false, "announce Fast Cache")
	f.DurationVar(&o.clip, "clip", time.Minute, "the `DURATION` of the clip")
	return cmd
}

func serve(ctx context.Context, o serveOptions) error {
	addr, err := netip.ParseAddr(o.listen)
	if err != nil {
		return fmt.Errorf("--listen: found %q; allowed: an address such as 127.0.0.1 or ::1", o.listen)
	}
	if o.clip < 50*time.Millisecond {
		return fmt.Errorf("--clip %v is shorter than one packet (50ms)", o.clip)
	}
	switch o.dialect {
	case "", string(rollover.Modern):
	default:
		return fmt.Errorf("--dialect: found %q; allowed: %s, or nothing", o.dialect, rollover.Modern)
	}
	if len(o.rungs) == 0 {
		o.rungs = fixtures.UsualRungs()
		if o.modern() {
			o.rungs = fixtures.ModernRungs()
		}
	}
	server, err := fixtures.NewServer(fixtures.ServerConfig{
		Modern: o.modern(), Version: o.wms, Rungs: o.rungs, FastCache: o.fastCache,
		Ports:  o.chosen(),
		Faults: o.faults, Clip: asf.NewClip(o.clip), Addr: addr,
		Network: hostNetwork(), Journal: stream.NewJournal(os.Stderr, "server"),
	})
	if err != nil {
		return err
	}
	err = server.Start(ctx)
	if errors.Is(err, os.ErrPermission) {
		err = fmt.Errorf("%w (ports below 1024 are not open to every user; the flags name others)", err)
	}
	if err != nil {
		return rigTrouble(err)
	}
	for _, l := range server.Listens() {
		fmt.Printf("listening %s on %s\n", l, addr)
	}
	for _, url := range o.urls(addr, server.Listens()) {
		fmt.Printf("play %s\n", url)
	}
	<-ctx.Done()
	if err := server.Close(); err != nil {
		return rigTrouble(err)
	}
	return nil
}

func (o serveOptions) modern() bool { return o.dialect != "" }

// table is what may be served.
func (o serveOptions) table() []fixtures.Protocol {
	if o.modern() {
		return fixtures.Modern
	}
	return fixtures.Protocols
}

// chosen are the ports that the flags name, and those that come right after.
func (o serveOptions) chosen() map[string]uint16 {
	out := map[string]uint16{}
	for _, row := range o.table() {
		for _, p := range row.Ports {
			switch {
			case p.Use != "":
				out[p.Name] = *o.ports[p.Name]
			case p.After != "":
				out[p.Name] = out[p.After] + 1
			}
		}
	}
	return out
}

// urls is what a client may play.
func (o serveOptions) urls(addr netip.Addr, listens []string) []string {
	var out []string
	for _, row := range o.table() {
		moniker := row.Name
		if moniker == "http" && o.modern() {
			moniker = "rtsph"
		}
		control := row.Ports[0]
		port := *o.ports[control.Name]
		if !slices.Contains(listens, fmt.Sprintf("tcp/%d", port)) {
			continue
		}
		host := addr.String()
		switch {
		case port != control.Default:
			host = netip.AddrPortFrom(addr, port).String()
		case addr.Is6():
			host = "[" + host + "]"
		}
		out = append(out, fmt.Sprintf("%s://%s/clip.asf", moniker, host))
	}
	return out
}
