package trace

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// The canary frame: proof that a point records (netns/capture sends it).
const canaryType = 0x88B5

var canaryText = []byte("rollover canary")

// IP protocol numbers.
const (
	numberTCP        = 6
	numberUDP        = 17
	numberICMP       = 1
	numberIGMP       = 2
	numberICMPv6     = 58
	numberFragmentV6 = 44
)

// decoder turns frames into packets. Headers are read by gopacket's layers;
// the transport is chosen by number alone, for gopacket would guess payloads
// by port.
type decoder struct {
	pieces reassembler
	odd    int // frames that claimed to be IP and could not be read
}

// frame decodes one frame and adds to the recording what it completes.
func (d *decoder) frame(rec *recording, p point, at mark, data []byte) {
	var eth layers.Ethernet
	var ip4 layers.IPv4
	var ip6 layers.IPv6
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &ip4, &ip6)
	parser.IgnoreUnsupported = true
	var found []gopacket.LayerType
	err := parser.DecodeLayers(data, &found)
	if len(found) == 0 {
		return
	}
	if eth.EthernetType == canaryType && bytes.HasPrefix(eth.Payload, canaryText) {
		if !rec.canary[p].seen() {
			rec.canary[p] = at
		}
		return
	}
	if err != nil {
		d.odd++
		return
	}
	f, ok := ipHeader(found[len(found)-1], &ip4, &ip6)
	if !ok {
		return
	}
	f.point, f.at = p, at
	whole, frames, ok := d.pieces.add(f)
	if !ok {
		return
	}
	pkt := packet{mark: at, point: p, frames: frames, ttl: f.ttl, pieces: f.fragment()}
	if transport(&pkt, f.proto, f.src, f.dst, whole) {
		rec.packets = append(rec.packets, pkt)
	}
}

func (d *decoder) problems() []string {
	if d.odd == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d frames with unreadable headers", d.odd)}
}

// ipHeader reads what putting fragments together needs.
func ipHeader(last gopacket.LayerType, ip4 *layers.IPv4, ip6 *layers.IPv6) (fragment, bool) {
	switch last {
	case layers.LayerTypeIPv4:
		src, _ := netip.AddrFromSlice(ip4.SrcIP)
		dst, _ := netip.AddrFromSlice(ip4.DstIP)
		return fragment{
			src: src.Unmap(), dst: dst.Unmap(), id: uint32(ip4.Id), proto: byte(ip4.Protocol), ttl: ip4.TTL,
			offset: int(ip4.FragOffset) * 8, more: ip4.Flags&layers.IPv4MoreFragments != 0, data: ip4.Payload,
		}, true
	case layers.LayerTypeIPv6:
		src, _ := netip.AddrFromSlice(ip6.SrcIP)
		dst, _ := netip.AddrFromSlice(ip6.DstIP)
		f := fragment{src: src, dst: dst, proto: byte(ip6.NextHeader), ttl: ip6.HopLimit, data: ip6.Payload}
		if ip6.HopByHop != nil { // its options have been stepped over
			f.proto = byte(ip6.HopByHop.NextHeader)
		}
		if f.proto != numberFragmentV6 {
			return f, true
		}
		// RFC 8200 4.5: next header, reserved, offset (13 bits) and M, identification
		if len(f.data) < 8 {
			return fragment{}, false
		}
		word := binary.BigEndian.Uint16(f.data[2:])
		f.proto, f.offset, f.more = f.data[0], int(word&^7), word&1 != 0
		f.id, f.data = binary.BigEndian.Uint32(f.data[4:]), f.data[8:]
		return f, true
	}
	return fragment{}, false
}

// transport reads the packet's transport header; false for what is no
// transport of ours or too short to be one.
func transport(p *packet, proto byte, src, dst netip.Addr, data []byte) bool {
	p.src, p.dst = netip.AddrPortFrom(src, 0), netip.AddrPortFrom(dst, 0)
	switch proto {
	case numberTCP:
		var tcp layers.TCP
		if tcp.DecodeFromBytes(data, gopacket.NilDecodeFeedback) != nil {
			return false
		}
		p.proto, p.data = protoTCP, tcp.Payload
		p.tcp = tcpHeader{seq: tcp.Seq, ack: tcp.Ack, syn: tcp.SYN, fin: tcp.FIN, rst: tcp.RST, acq: tcp.ACK}
		p.src, p.dst = netip.AddrPortFrom(src, uint16(tcp.SrcPort)), netip.AddrPortFrom(dst, uint16(tcp.DstPort))
	case numberUDP:
		var udp layers.UDP
		if udp.DecodeFromBytes(data, gopacket.NilDecodeFeedback) != nil {
			return false
		}
		p.proto, p.data = protoUDP, udp.Payload
		p.src, p.dst = netip.AddrPortFrom(src, uint16(udp.SrcPort)), netip.AddrPortFrom(dst, uint16(udp.DstPort))
	case numberICMP:
		return icmpError(p, data, layers.LayerTypeIPv4, data[:min(1, len(data))], 3)
	case numberIGMP:
		p.proto, p.groups = protoGroup, igmpMemberships(data)
		return len(p.groups) > 0
	case numberICMPv6:
		if p.groups = mldMemberships(data); len(p.groups) > 0 {
			p.proto = protoGroup
			return true
		}
		return icmpError(p, data, layers.LayerTypeIPv6, data[:min(1, len(data))], 1)
	default:
		return false
	}
	return true
}

// icmpError reads "destination unreachable" and the ports it quotes. The
// quoted packet is cut off somewhere behind its ports.
func icmpError(p *packet, data []byte, inner gopacket.LayerType, kind []byte, unreachable byte) bool {
	if len(data) < 8 || kind[0] != unreachable {
		return false
	}
	quoted := data[8:]
	var proto byte
	var src, dst netip.Addr
	switch {
	case inner == layers.LayerTypeIPv4 && len(quoted) >= 20:
		header := int(quoted[0]&0x0F) * 4
		proto = quoted[9]
		src, _ = netip.AddrFromSlice(quoted[12:16])
		dst, _ = netip.AddrFromSlice(quoted[16:20])
		if header < 20 || len(quoted) < header {
			return false
		}
		quoted = quoted[header:]
	case inner == layers.LayerTypeIPv6 && len(quoted) >= 40:
		proto = quoted[6]
		src, _ = netip.AddrFromSlice(quoted[8:24])
		dst, _ = netip.AddrFromSlice(quoted[24:40])
		quoted = quoted[40:]
	default:
		return false
	}
	if len(quoted) < 4 {
		return false
	}
	about := &packet{
		src: netip.AddrPortFrom(src, binary.BigEndian.Uint16(quoted)),
		dst: netip.AddrPortFrom(dst, binary.BigEndian.Uint16(quoted[2:])),
	}
	switch proto {
	case numberTCP:
		about.proto = protoTCP
	case numberUDP:
		about.proto = protoUDP
	default:
		return false
	}
	p.proto, p.icmp = protoICMP, about
	return true
}
