package trace

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// quote4 is a "destination unreachable" of IPv4 that quotes a header of so many
// bytes and so many behind it.
func quote4(kind, proto byte, words, behind int) []byte {
	header := make([]byte, 8+20, 100)
	header[0] = kind
	header[8] = 0x40 | byte(words)
	header[8+9] = proto
	copy(header[8+12:], serverAddr.AsSlice())
	copy(header[8+16:], clientAddr.AsSlice())
	header = append(header, make([]byte, max(0, 4*words-20))...)
	return append(header, []byte{0x13, 0x8c, 0x06, 0xfe, 0xff}[:behind]...)
}

func quote6(kind, proto byte, behind int) []byte {
	header := make([]byte, 8+40, 100)
	header[0] = kind
	header[8+6] = proto
	copy(header[8+8:], serverAddr6.AsSlice())
	copy(header[8+24:], clientAddr6.AsSlice())
	return append(header, []byte{0x13, 0x8c, 0x06, 0xfe, 0xff}[:behind]...)
}

// Of an ICMP error, as much is read as it must quote: the header and the ports.
func TestQuotedPorts(t *testing.T) {
	t.Parallel()
	long := quote4(3, numberUDP, 6, 4)
	for _, c := range []struct {
		name  string
		proto byte
		data  []byte
		want  protocol
	}{
		{"udp, and the ports alone", numberICMP, quote4(3, numberUDP, 5, 4), protoUDP},
		{"tcp", numberICMP, quote4(3, numberTCP, 5, 5), protoTCP},
		{"options before the ports", numberICMP, long, protoUDP},
		{"half of the ports", numberICMP, quote4(3, numberUDP, 5, 3), 0},
		{"a header shorter than any", numberICMP, quote4(3, numberUDP, 4, 5), 0},
		{"a header longer than what is quoted", numberICMP, long[:len(long)-5], 0},
		{"half a header", numberICMP, quote4(3, numberUDP, 5, 0)[:27], 0},
		{"nothing quoted", numberICMP, []byte{3, 3, 0, 0, 0, 0, 0, 0}, 0},
		{"cut in the middle", numberICMP, []byte{3, 3, 0, 0, 0, 0, 0}, 0},
		{"empty", numberICMP, nil, 0},
		{"an echo", numberICMP, quote4(8, numberUDP, 5, 4), 0},
		{"about another ICMP message", numberICMP, quote4(3, numberICMP, 5, 4), 0},
		{"ipv6, and the ports alone", numberICMPv6, quote6(1, numberUDP, 4), protoUDP},
		{"ipv6, tcp", numberICMPv6, quote6(1, numberTCP, 4), protoTCP},
		{"ipv6, half of the ports", numberICMPv6, quote6(1, numberUDP, 3), 0},
		{"ipv6, half a header", numberICMPv6, quote6(1, numberUDP, 0)[:47], 0},
		{"ipv6, too big", numberICMPv6, quote6(2, numberUDP, 4), 0},
		{"ipv6, empty", numberICMPv6, nil, 0},
	} {
		src, dst := clientAddr, serverAddr
		from, to := serverAddr, clientAddr
		if c.proto == numberICMPv6 {
			src, dst, from, to = clientAddr6, serverAddr6, serverAddr6, clientAddr6
		}
		var p packet
		ok := transport(&p, c.proto, src, dst, c.data)
		if ok != (c.want != 0) {
			t.Errorf("%s: read is %v", c.name, ok)
			continue
		}
		if !ok {
			continue
		}
		about := packet{src: netip.AddrPortFrom(from, 5004), dst: netip.AddrPortFrom(to, 1790)}
		if p.proto != protoICMP || p.icmp.proto != c.want || p.icmp.src != about.src || p.icmp.dst != about.dst {
			t.Errorf("%s: %+v about %+v", c.name, p, p.icmp)
		}
	}
}

// Transport headers that are cut, and transports that are none of ours, are no
// packets.
func TestTransportsCut(t *testing.T) {
	t.Parallel()
	tcp := make([]byte, 20)
	tcp[12] = 5 << 4
	udp := make([]byte, 8)
	udp[5] = 8
	for _, c := range []struct {
		name  string
		proto byte
		data  []byte
		want  bool
	}{
		{"tcp", numberTCP, tcp, true},
		{"tcp cut", numberTCP, tcp[:19], false},
		{"udp", numberUDP, udp, true},
		{"udp cut", numberUDP, udp[:7], false},
		{"igmp without a group", numberIGMP, []byte{0x16, 0}, false},
		{"sctp", 132, tcp, false},
	} {
		var p packet
		if ok := transport(&p, c.proto, clientAddr, serverAddr, c.data); ok != c.want {
			t.Errorf("%s: read is %v", c.name, ok)
		}
	}
}

// The fragment header of IPv6 (RFC 8200 4.5) counts only whole.
func TestFragmentHeader(t *testing.T) {
	t.Parallel()
	header := []byte{numberUDP, 0, 0, 0, 0, 0, 0, 9}
	binary.BigEndian.PutUint16(header[2:], 1448|1)
	for n, want := range map[int]bool{7: false, 8: true} {
		ip := &layers.IPv6{BaseLayer: layers.BaseLayer{Payload: header[:n]}, HopLimit: 61, NextHeader: layers.IPProtocolIPv6Fragment,
			SrcIP: serverAddr6.AsSlice(), DstIP: clientAddr6.AsSlice()}
		f, ok := ipHeader(layers.LayerTypeIPv6, nil, ip)
		if ok != want {
			t.Errorf("%d bytes: %v", n, ok)
		}
		if ok && (f.offset != 1448 || !f.more || f.id != 9 || f.proto != numberUDP || f.ttl != 61) {
			t.Errorf("%+v", f)
		}
	}
	if _, ok := ipHeader(layers.LayerTypeEthernet, nil, nil); ok {
		t.Error("what is no IP has a header")
	}
}

// Frames that claim to be IP and are not are counted; those of other protocols
// are nobody's business, and only the first canary counts.
func TestOddFrames(t *testing.T) {
	t.Parallel()
	f := newFilm(t)
	whole := f.ip(clientAddr, serverAddr, layers.IPProtocolUDP, &layers.UDP{SrcPort: 1, DstPort: 2}, gopacket.Payload("x"))
	canary := f.shots[0].data
	for _, c := range []struct {
		name    string
		frames  [][]byte
		packets int
		odd     int
		canary  int
	}{
		{"whole", [][]byte{whole}, 1, 0, 0},
		{"an IP header cut", [][]byte{whole[:30]}, 0, 1, 0},
		{"two cut", [][]byte{whole[:30], whole[:25]}, 0, 2, 0},
		{"less than Ethernet", [][]byte{whole[:13]}, 0, 0, 0},
		{"ARP", [][]byte{slices.Concat(whole[:12], []byte{8, 6}, make([]byte, 28))}, 0, 0, 0},
		{"two canaries", [][]byte{canary, canary}, 0, 0, 1},
		{"a canary's type alone", [][]byte{slices.Concat(canary[:14], make([]byte, 46))}, 0, 0, 0},
		{"a canary's text alone", [][]byte{slices.Concat(canary[:12], []byte{0x88, 0xb6}, canary[14:])}, 0, 0, 0},
	} {
		var rec recording
		var d decoder
		for i, data := range c.frames {
			d.frame(&rec, clientSide, mark{frame: i + 1}, data)
		}
		if len(rec.packets) != c.packets || d.odd != c.odd || rec.canary[clientSide].frame != c.canary {
			t.Errorf("%s: %d packets, %d odd, canary in %d", c.name, len(rec.packets), d.odd, rec.canary[clientSide].frame)
		}
		if told := len(d.problems()) > 0; told != (c.odd > 0) {
			t.Errorf("%s: problems %q", c.name, d.problems())
		}
	}
}
