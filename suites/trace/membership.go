package trace

import (
	"encoding/binary"
	"net/netip"
)

// membership is what a host says of one multicast group.
type membership struct {
	group netip.Addr
	joins bool // else it leaves
}

// Message types of group membership (RFC 1112, 2236, 3376; RFC 2710, 3810).
const (
	igmpReport1 = 0x12
	igmpReport2 = 0x16
	igmpLeave   = 0x17
	igmpReport3 = 0x22
	mldReport1  = 131
	mldDone     = 132
	mldReport2  = 143
)

// The record types of the newest versions: what a host wants of the sources of a
// group (RFC 3376 4.2.12, RFC 3810 5.2.12).
const (
	modeInclude     = 1
	modeExclude     = 2
	changeToInclude = 3
	changeToExclude = 4
	allowSources    = 5
)

// igmpMemberships reads an IGMP message; queries and damage give nothing.
func igmpMemberships(b []byte) []membership {
	if len(b) < 8 {
		return nil
	}
	switch b[0] {
	case igmpReport1, igmpReport2, igmpLeave:
		return []membership{{groupOf(b[4:8]), b[0] != igmpLeave}}
	case igmpReport3:
		return groupRecords(b, 4)
	}
	return nil
}

// mldMemberships reads a message of Multicast Listener Discovery.
func mldMemberships(b []byte) []membership {
	switch {
	case len(b) >= 24 && (b[0] == mldReport1 || b[0] == mldDone):
		return []membership{{groupOf(b[8:24]), b[0] == mldReport1}}
	case len(b) >= 8 && b[0] == mldReport2:
		return groupRecords(b, 16)
	}
	return nil
}

// groupRecords reads the records behind the eight bytes of a report, whose
// addresses are so many bytes long:
//
//	| type | aux words | sources, 16 bits | group | sources ... | aux ...
func groupRecords(b []byte, size int) []membership {
	var out []membership
	records, rest := int(binary.BigEndian.Uint16(b[6:])), b[8:]
	for range records {
		if len(rest) < 4+size {
			break
		}
		sources := int(binary.BigEndian.Uint16(rest[2:]))
		end := 4 + size + size*sources + 4*int(rest[1])
		group := groupOf(rest[4 : 4+size])
		switch rest[0] {
		case modeExclude, changeToExclude:
			out = append(out, membership{group, true})
		case modeInclude, changeToInclude, allowSources:
			out = append(out, membership{group, sources > 0})
		}
		if end > len(rest) {
			break
		}
		rest = rest[end:]
	}
	return out
}

func groupOf(b []byte) netip.Addr {
	addr, _ := netip.AddrFromSlice(b)
	return addr.Unmap()
}
