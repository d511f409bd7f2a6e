package netns

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// overStates are the TCP states of a socket without a conversation: TIME_WAIT,
// CLOSE and LISTEN (include/net/tcp_states.h).
var overStates = map[string]bool{"06": true, "07": true, "0A": true}

// Connections counts the host's TCP connections that are not yet over. Before
// Linux 6.1 the kernel walks the table of the whole machine for it, which takes
// about a millisecond: ask seldom.
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
			n += countConnections(text)
		}
		return nil
	})
	return n, err
}

// Sent counts the packets that have left by the host's links. Two equal
// counts, taken some time apart, mean silence in between.
func (h *Host) Sent() (uint64, error) {
	var n uint64
	err := h.Do(func() error {
		text, err := os.ReadFile("/proc/thread-self/net/dev")
		if err != nil {
			return fmt.Errorf("reading the links of host %s: %w", h.name, err)
		}
		n = countSent(text)
		return nil
	})
	return n, err
}

func countConnections(table []byte) int {
	n := 0
	lines := bufio.NewScanner(bytes.NewReader(table))
	for lines.Scan() {
		if f := strings.Fields(lines.Text()); len(f) >= 4 && f[0] != "sl" && !overStates[f[3]] {
			n++
		}
	}
	return n
}

// sentColumn is where /proc/net/dev has the packets sent, counted from the
// first number behind the interface's name.
const sentColumn = 9

func countSent(table []byte) uint64 {
	var sum uint64
	for line := range strings.Lines(string(table)) {
		name, numbers, ok := strings.Cut(line, ":")
		f := strings.Fields(numbers)
		if !ok || strings.TrimSpace(name) == "lo" || len(f) <= sentColumn {
			continue
		}
		n, err := strconv.ParseUint(f[sentColumn], 10, 64)
		if err == nil {
			sum += n
		}
	}
	return sum
}
