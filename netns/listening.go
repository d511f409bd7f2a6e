package netns

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Listener is a socket that waits for a peer: a TCP socket that listens, or a
// UDP socket that is bound and not connected.
type Listener struct {
	Proto string // tcp, udp
	Addr  netip.Addr
	Port  uint16
}

func (l Listener) String() string { return fmt.Sprintf("%s/%d", l.Proto, l.Port) }

// socketTables are the kernel's tables below /proc/thread-self/net, with the
// state of a socket that waits for a peer (include/net/tcp_states.h).
var socketTables = []struct{ file, proto, waits string }{
	{"tcp", "tcp", "0A"},
	{"tcp6", "tcp", "0A"},
	{"udp", "udp", "07"},
	{"udp6", "udp", "07"},
}

// Listening reads from the kernel's tables who waits for a peer in the host.
func (h *Host) Listening() ([]Listener, error) {
	var all []Listener
	err := h.Do(func() error {
		for _, t := range socketTables {
			text, err := os.ReadFile("/proc/thread-self/net/" + t.file)
			if os.IsNotExist(err) {
				continue // a kernel without IPv6
			}
			if err != nil {
				return fmt.Errorf("reading the sockets of host %s: %w", h.name, err)
			}
			found, err := parseSockets(text, t.proto, t.waits)
			if err != nil {
				return fmt.Errorf("reading the sockets of host %s: %s: %w", h.name, t.file, err)
			}
			all = append(all, found...)
		}
		return nil
	})
	return all, err
}

// WaitListening returns when the kernel shows a socket for each of want, such
// as "tcp/554", at an address at which the lab reaches the host; it never
// connects, which the program under test would see. When the context ends
// first, the error is a [*NotListening].
func (h *Host) WaitListening(ctx context.Context, want []string) error {
	const longest = 50 * time.Millisecond
	for wait := time.Millisecond; ; wait = min(2*wait, longest) {
		now, err := h.Listening()
		if err != nil {
			return err
		}
		missing := slices.DeleteFunc(slices.Clone(want), func(w string) bool {
			return slices.ContainsFunc(now, func(l Listener) bool { return l.String() == w && h.reached(l) })
		})
		if len(missing) == 0 {
			return nil
		}
		if err := pause(ctx, wait); err != nil {
			return &NotListening{Host: h.name, Missing: missing, Found: now, Err: err}
		}
	}
}

// reached tells whether the socket takes what comes by the host's links.
func (h *Host) reached(l Listener) bool {
	return l.Addr.IsUnspecified() || slices.Contains(h.Addrs(), l.Addr.Unmap())
}

// NotListening is the error of a wait for listeners that did not come.
type NotListening struct {
	Host    string
	Missing []string   // as they were asked for
	Found   []Listener // what listens instead
	Err     error      // why the wait ended
}

func (e *NotListening) Error() string {
	return fmt.Sprintf("host %s: nothing listens on %s: %v%s", e.Host, strings.Join(e.Missing, ", "), e.Err, e.Instead())
}

func (e *NotListening) Unwrap() error { return e.Err }

// Instead tells what listens instead, with the address where it is one of the
// host's own; empty where nothing does.
func (e *NotListening) Instead() string {
	var found []string
	for _, l := range e.Found {
		text := l.String()
		if !l.Addr.IsUnspecified() {
			text += " at " + l.Addr.String()
		}
		if !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return "; what listens is " + strings.Join(found, ", ")
}

// parseSockets reads a table such as
//
//	sl  local_address rem_address   st ...
//	 0: 0A0200C0:022A 00000000:0000 0A ...
func parseSockets(text []byte, proto, waits string) ([]Listener, error) {
	var found []Listener
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) < 4 || f[0] == "sl" || f[3] != waits {
			continue
		}
		local, err := parseEndpoint(f[1])
		if err != nil {
			return nil, err
		}
		found = append(found, Listener{Proto: proto, Addr: local.Addr(), Port: local.Port()})
	}
	return found, lines.Err()
}

// parseEndpoint reads an address as 32-bit words in the machine's byte order,
// a colon and a port, all in hexadecimal.
func parseEndpoint(s string) (netip.AddrPort, error) {
	words, port, _ := strings.Cut(s, ":")
	raw, err := hex.DecodeString(words)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("address %q: %w", s, err)
	}
	for i := 0; i+4 <= len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, ok := netip.AddrFromSlice(raw)
	p, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return netip.AddrPort{}, fmt.Errorf("address %q: not an address and a port", s)
	}
	return netip.AddrPortFrom(addr, uint16(p)), nil
}
