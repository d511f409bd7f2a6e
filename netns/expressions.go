package netns

import (
	"encoding/binary"
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// register is the one that matches load into; 0 is the verdict's.
const register = 1

// match turns a compiled rule into the kernel's expressions, the same that the
// nft program makes of the rule's text, so that nft lists them as that text.
// It adds the sets that the rule looks up to the transaction.
func (t *transaction) match(r firewall.Compiled) []expr.Any {
	var e []expr.Any
	if r.Family == firewall.IPv6 && r.Fragments {
		e = append(e, ofFamily(unix.NFPROTO_IPV6)...)
	}
	e = append(e, onInterface(expr.MetaKeyIIFNAME, r.In)...)
	e = append(e, onInterface(expr.MetaKeyOIFNAME, r.Out)...)
	if r.Fragments {
		e = append(e, fragments(r.Family)...)
	}
	if len(r.ICMP) > 0 {
		e = append(e, t.icmp(r)...)
	}
	e = append(e, states(r.States)...)
	e = append(e, t.transport(r)...)
	if r.Every > 0 {
		n := uint32(r.Every)
		e = append(e,
			&expr.Numgen{Register: register, Modulus: n, Type: unix.NFT_NG_INCREMENTAL},
			equal(binary.NativeEndian.AppendUint32(nil, n-1)))
	}
	e = append(e, &expr.Counter{})
	return append(e, verdict(r)...)
}

func equal(data []byte) *expr.Cmp {
	return &expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: data}
}

func ofFamily(nfproto byte) []expr.Any {
	return []expr.Any{&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: register}, equal([]byte{nfproto})}
}

func onInterface(key expr.MetaKey, name string) []expr.Any {
	if name == "" {
		return nil
	}
	padded := make([]byte, unix.IFNAMSIZ)
	copy(padded, name)
	return []expr.Any{&expr.Meta{Key: key, Register: register}, equal(padded)}
}

// fragments matches all fragments of a datagram: over IPv4 by "more
// fragments" or an offset (RFC 791 3.1), over IPv6 by the fragment header.
func fragments(f firewall.Family) []expr.Any {
	if f == firewall.IPv6 {
		return []expr.Any{
			&expr.Exthdr{DestRegister: register, Type: unix.IPPROTO_FRAGMENT, Len: 1, Flags: unix.NFT_EXTHDR_F_PRESENT, Op: expr.ExthdrOpIpv6},
			equal([]byte{1}),
		}
	}
	return append(ofFamily(unix.NFPROTO_IPV4),
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: 6, Len: 2},
		&expr.Bitwise{SourceRegister: register, DestRegister: register, Len: 2, Mask: []byte{0x3f, 0xff}, Xor: []byte{0, 0}},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: register, Data: []byte{0, 0}})
}

func (t *transaction) icmp(r firewall.Compiled) []expr.Any {
	nfproto, protocol, kind := byte(unix.NFPROTO_IPV4), byte(unix.IPPROTO_ICMP), nftables.TypeICMPType
	if r.Family == firewall.IPv6 {
		nfproto, protocol, kind = unix.NFPROTO_IPV6, unix.IPPROTO_ICMPV6, nftables.TypeICMP6Type
	}
	elements := make([]element, len(r.ICMP))
	for i, t := range r.ICMP {
		elements[i].key = []byte{t.Number}
	}
	lookup := t.set(kind, elements, false)
	e := append(ofFamily(nfproto), l4proto(expr.CmpOpEq, protocol)...)
	return append(e, transportHeader(0, 1), lookup)
}

var stateBits = map[firewall.State]uint32{
	firewall.StateNew:         expr.CtStateBitNEW,
	firewall.StateEstablished: expr.CtStateBitESTABLISHED,
	firewall.StateRelated:     expr.CtStateBitRELATED,
}

func states(states []firewall.State) []expr.Any {
	if len(states) == 0 {
		return nil
	}
	var mask uint32
	for _, s := range states {
		mask |= stateBits[s]
	}
	zero := make([]byte, 4)
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: register},
		&expr.Bitwise{SourceRegister: register, DestRegister: register, Len: 4, Mask: binary.NativeEndian.AppendUint32(nil, mask), Xor: zero},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: register, Data: zero},
	}
}

func l4proto(op expr.CmpOp, protocol byte) []expr.Any {
	return []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register},
		&expr.Cmp{Op: op, Register: register, Data: []byte{protocol}},
	}
}

func transportHeader(offset, length uint32) *expr.Payload {
	return &expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: offset, Len: length}
}

func verdict(r firewall.Compiled) []expr.Any {
	switch r.Verdict {
	case firewall.VerdictAccept:
		return []expr.Any{&expr.Verdict{Kind: expr.VerdictAccept}}
	case firewall.VerdictDrop:
		return []expr.Any{&expr.Verdict{Kind: expr.VerdictDrop}}
	case firewall.VerdictReset:
		return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_TCP_RST}}
	case firewall.VerdictUnreachable:
		return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_ICMPX_UNREACH, Code: unix.NFT_REJECT_ICMPX_PORT_UNREACH}}
	case firewall.VerdictProhibited:
		return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_ICMPX_UNREACH, Code: unix.NFT_REJECT_ICMPX_ADMIN_PROHIBITED}}
	case firewall.VerdictMasquerade:
		return masquerade(r.ToPorts)
	case firewall.VerdictCount:
		return nil
	}
	panic(fmt.Sprintf("netns: no expression for verdict %q", r.Verdict))
}

// masquerade loads the ports it may choose, if it does not keep them. The
// expression itself follows in [transaction.masquerade].
func masquerade(to firewall.Range) []expr.Any {
	if to == (firewall.Range{}) {
		return []expr.Any{&expr.Masq{}}
	}
	return []expr.Any{
		&expr.Immediate{Register: register, Data: bigEndian(to.Lo)},
		&expr.Immediate{Register: register + 1, Data: bigEndian(to.Hi)},
	}
}

// masquerade appends the expression for a range of ports. We write it
// ourselves: expr.Masq leaves out the flag without which the kernel looks at
// the range only when the port is taken.
func (t *transaction) masquerade() {
	t.list(unix.NFTA_LIST_ELEM, func() {
		t.attrString(unix.NFTA_EXPR_NAME, "masq")
		t.list(unix.NFTA_EXPR_DATA, func() {
			t.attrBig(unix.NFTA_MASQ_REG_PROTO_MIN, register)
			t.attrBig(unix.NFTA_MASQ_REG_PROTO_MAX, register+1)
			t.attrBig(unix.NFTA_MASQ_FLAGS, unix.NF_NAT_RANGE_PROTO_SPECIFIED)
		})
	})
}
