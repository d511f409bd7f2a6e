package netns

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// overStates are the TCP states of a socket without a conversation: TIME_WAIT,
// CLOSE and LISTEN (include/net/tcp_states.h).
var overStates = map[string]bool{"06": true, "07": true, "0A": true}

// Connections counts the host's TCP connections that are not yet over; of a
// host in a namespace that is not the lab's, those with the lab. Before Linux
// 6.1 the kernel walks the table of the whole machine for it, which takes about
// a millisecond: ask seldom.
func (h *Host) Connections() (int, error) {
	n := 0
	err := h.Do(func() error {
		for _, table := range []string{"tcp", "tcp6"} {
			text, err := os.ReadFile("/proc/thread-self/net/" + table)
			if os.IsNotExist(err) {
				continue // a kernel without IPv6
			}
			if err != nil {
				return fmt.Errorf("reading the connections of host %s: %w", h.name, err)
			}
			n += countConnections(text, h.counts)
		}
		return nil
	})
	return n, err
}

// counts tells whether a connection of this local end is the lab's business.
func (h *Host) counts(local string) bool {
	if h.in == nil {
		return true
	}
	at, err := parseEndpoint(local)
	return err == nil && slices.Contains(h.Addrs(), at.Addr().Unmap())
}

// Sent counts the packets that have left by the host's links; those of a
// machine behind a wire as they have left the wire. Two equal counts, taken
// some time apart, mean silence in between.
func (h *Host) Sent() (uint64, error) {
	var n uint64
	err := h.Do(func() error {
		text, err := os.ReadFile("/proc/thread-self/net/dev")
		if err != nil {
			return fmt.Errorf("reading the links of host %s: %w", h.name, err)
		}
		n = countSent(text, h.counted)
		return nil
	})
	return n, err
}

// counted tells whether what leaves by an interface is the lab's business.
func (h *Host) counted(name string) bool {
	return name != "lo" && (h.in == nil || name == linkName)
}

func countConnections(table []byte, counts func(local string) bool) int {
	n := 0
	lines := bufio.NewScanner(bytes.NewReader(table))
	for lines.Scan() {
		if f := strings.Fields(lines.Text()); len(f) >= 4 && f[0] != "sl" && !overStates[f[3]] && counts(f[1]) {
			n++
		}
	}
	return n
}

// sentColumn is where /proc/net/dev has the packets sent, counted from the
// first number behind the interface's name.
const sentColumn = 9

func countSent(table []byte, counts func(name string) bool) uint64 {
	var sum uint64
	for line := range strings.Lines(string(table)) {
		name, numbers, ok := strings.Cut(line, ":")
		f := strings.Fields(numbers)
		if !ok || !counts(strings.TrimSpace(name)) || len(f) <= sentColumn {
			continue
		}
		n, err := strconv.ParseUint(f[sentColumn], 10, 64)
		if err == nil {
			sum += n
		}
	}
	return sum
}
