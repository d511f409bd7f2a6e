package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// readLine reads a line and not a byte more, so that a shell that is started
// next finds the rest. It returns early when ctx ends.
func readLine(ctx context.Context, in *os.File) (string, error) {
	wake, done, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer wake.Close()
	stop := context.AfterFunc(ctx, func() { done.Close() })
	defer func() {
		if stop() {
			done.Close()
		}
	}()
	var line strings.Builder
	for {
		ready := []unix.PollFd{{Fd: int32(in.Fd()), Events: unix.POLLIN}, {Fd: int32(wake.Fd()), Events: unix.POLLIN}}
		if _, err := unix.Poll(ready, -1); errors.Is(err, unix.EINTR) {
			continue
		} else if err != nil {
			return "", err
		}
		if ready[1].Revents != 0 {
			return "", ctx.Err()
		}
		next := make([]byte, 1)
		if _, err := in.Read(next); err != nil {
			return strings.TrimSpace(line.String()), err
		}
		if next[0] == '\n' {
			return strings.TrimSpace(line.String()), nil
		}
		line.WriteByte(next[0])
	}
}
