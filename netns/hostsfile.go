package netns

import (
	"fmt"
	"net/netip"
	"strings"
)

// hostEntry is one line of a hosts file.
type hostEntry struct {
	addr netip.Addr
	name string
}

// hostsTable is the hosts file that every host of a lab starts with: each
// host's addresses under its name, and localhost.
func hostsTable(hosts []*Host) []hostEntry {
	table := []hostEntry{
		{netip.MustParseAddr("127.0.0.1"), "localhost"},
		{netip.IPv6Loopback(), "localhost"},
	}
	for _, h := range hosts {
		for _, a := range h.Addrs() {
			table = append(table, hostEntry{a, h.name})
		}
	}
	return table
}

// hostsFile writes a table the way /etc/hosts has it.
func hostsFile(table []hostEntry) []byte {
	var b strings.Builder
	for _, e := range table {
		fmt.Fprintf(&b, "%s\t%s\n", e.addr, e.name)
	}
	return []byte(b.String())
}
