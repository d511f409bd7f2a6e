package netns

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// UDPErrors is how many datagrams the host has dropped because a socket's
// receive buffer was full, over both families. To a capture they look
// delivered, to the program they look lost. Where the namespace is not the
// lab's, those before the lab do not count.
func (h *Host) UDPErrors() (rcvbufErrors uint64, err error) {
	all, err := h.udpErrors()
	return all - h.dropped, err
}

func (h *Host) udpErrors() (rcvbufErrors uint64, err error) {
	err = h.Do(func() error {
		v4, err := os.ReadFile("/proc/thread-self/net/snmp")
		if err != nil {
			return fmt.Errorf("reading the UDP counters of host %s: %w", h.name, err)
		}
		v6, err := os.ReadFile("/proc/thread-self/net/snmp6")
		if err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("reading the UDP counters of host %s: %w", h.name, err)
		}
		n4, ok := parseSNMP(string(v4), "Udp:", "RcvbufErrors")
		if !ok {
			return fmt.Errorf("reading the UDP counters of host %s: no RcvbufErrors in snmp", h.name)
		}
		n6, _ := parseSNMP6(string(v6), "Udp6RcvbufErrors")
		rcvbufErrors = n4 + n6
		return nil
	})
	return rcvbufErrors, err
}

// parseSNMP reads a counter from /proc/net/snmp: a line of names and a line of
// values, both starting with the protocol.
func parseSNMP(text, proto, name string) (uint64, bool) {
	var names []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] != proto {
			continue
		}
		if names == nil {
			names = f
			continue
		}
		for i, n := range names {
			if n == name && i < len(f) {
				v, err := strconv.ParseUint(f[i], 10, 64)
				return v, err == nil
			}
		}
	}
	return 0, false
}

// parseSNMP6 reads a counter from /proc/net/snmp6: a name and a value a line.
func parseSNMP6(text, name string) (uint64, bool) {
	for line := range strings.Lines(text) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == name {
			v, err := strconv.ParseUint(f[1], 10, 64)
			return v, err == nil
		}
	}
	return 0, false
}
