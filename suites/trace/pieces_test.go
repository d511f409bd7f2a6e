package trace

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// udpBytes is a UDP datagram without its IP header.
func udpBytes(f *film, sport, dport uint16, payload []byte) []byte {
	client, server := f.hosts()
	frame := f.ip(server, client, layers.IPProtocolUDP, &layers.UDP{SrcPort: layers.UDPPort(sport), DstPort: layers.UDPPort(dport)}, gopacket.Payload(payload))
	header := 14 + 20
	if f.v6 {
		header = 14 + 40
	}
	return frame[header:]
}

// cutIP sends a payload in fragments, the last piece first.
func cutIP(f *film, src, dst netip.Addr, payload []byte, size int) [][]byte {
	var out [][]byte
	id := uint32(f.seq) + 77
	for at := 0; at < len(payload); at += size {
		piece := payload[at:min(at+size, len(payload))]
		more := at+size < len(payload)
		var frame []byte
		if src.Is4() {
			flags := layers.IPv4Flag(0)
			if more {
				flags = layers.IPv4MoreFragments
			}
			ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolUDP, Id: uint16(id), Flags: flags, FragOffset: uint16(at / 8), SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
			frame = serialize(f, layers.EthernetTypeIPv4, ip, gopacket.Payload(piece))
		} else {
			header := make([]byte, 8, 8+len(piece))
			header[0] = numberUDP
			word := uint16(at)
			if more {
				word |= 1
			}
			binary.BigEndian.PutUint16(header[2:], word)
			binary.BigEndian.PutUint32(header[4:], id)
			ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolIPv6Fragment, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
			frame = serialize(f, layers.EthernetTypeIPv6, ip, gopacket.Payload(append(header, piece...)))
		}
		out = append([][]byte{frame}, out...)
	}
	return out
}

func serialize(f *film, kind layers.EthernetType, rest ...gopacket.SerializableLayer) []byte {
	eth := &layers.Ethernet{SrcMAC: []byte{2, 0, 0, 0, 0, 1}, DstMAC: []byte{2, 0, 0, 0, 0, 2}, EthernetType: kind}
	buf := gopacket.NewSerializeBuffer()
	err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, append([]gopacket.SerializableLayer{eth}, rest...)...)
	if err != nil {
		f.t.Fatal(err)
	}
	return bytes.Clone(buf.Bytes())
}

// translate is masquerading: the gateway's address in the client's place.
// Nobody here looks at checksums.
func translate(frame []byte) []byte {
	outside := netip.MustParseAddr("198.51.100.1")
	return bytes.ReplaceAll(frame, clientAddr.AsSlice(), outside.AsSlice())
}
