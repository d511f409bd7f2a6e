package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
)

// walkLog hands a client's journal on, and writes each rung's end as a line
// for a person.
type walkLog struct {
	slog.Handler
	out io.Writer
}

// Handle writes the record on, and its line if it is the end of a rung.
func (h walkLog) Handle(ctx context.Context, r slog.Record) error {
	if words := []string{"outcome", "skip"}; slices.Contains(words, r.Message) {
		fields := map[string]string{"outcome": "skipped"}
		r.Attrs(func(a slog.Attr) bool {
			fields[a.Key] = a.Value.String()
			return true
		})
		line := fields["rung"] + ":" + fields["outcome"]
		if why := fields["why"]; why != "" {
			line += "  " + why
		}
		if _, err := fmt.Fprintln(h.out, line); err != nil {
			return err
		}
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs keeps the lines for a person.
func (h walkLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return walkLog{h.Handler.WithAttrs(attrs), h.out}
}

// WithGroup keeps the lines for a person.
func (h walkLog) WithGroup(name string) slog.Handler {
	return walkLog{h.Handler.WithGroup(name), h.out}
}
