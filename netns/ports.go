package netns

import (
	"encoding/binary"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

var protocols = map[string]byte{firewall.TCP: unix.IPPROTO_TCP, firewall.UDP: unix.IPPROTO_UDP}

// transport matches the protocol and its ports; both protocols have the
// source port at offset 0 and the destination port at 2 (RFC 768, RFC 9293
// 3.1).
func (t *transaction) transport(r firewall.Compiled) []expr.Any {
	switch r.Proto {
	case "":
		return nil
	case firewall.NotTCP:
		return l4proto(expr.CmpOpNeq, unix.IPPROTO_TCP)
	}
	e := l4proto(expr.CmpOpEq, protocols[r.Proto])
	e = append(e, t.ports(0, r.SPort)...)
	return append(e, t.ports(2, r.DPort)...)
}

// ports matches one port or range by comparison, several by a set.
func (t *transaction) ports(offset uint32, ports firewall.Ports) []expr.Any {
	load := transportHeader(offset, 2)
	switch {
	case len(ports) == 0:
		return nil
	case len(ports) > 1:
		return []expr.Any{load, t.portSet(ports)}
	case ports[0].Lo == ports[0].Hi:
		return []expr.Any{load, equal(bigEndian(ports[0].Lo))}
	}
	return []expr.Any{
		load,
		&expr.Cmp{Op: expr.CmpOpGte, Register: register, Data: bigEndian(ports[0].Lo)},
		&expr.Cmp{Op: expr.CmpOpLte, Register: register, Data: bigEndian(ports[0].Hi)},
	}
}

func bigEndian(port uint16) []byte { return binary.BigEndian.AppendUint16(nil, port) }

// portSet adds a set of ports. One with ranges is a list of boundaries: where
// ports begin to be in it, and where they cease to be.
func (t *transaction) portSet(ports firewall.Ports) *expr.Lookup {
	ranges := false
	for _, r := range ports {
		ranges = ranges || r.Lo != r.Hi
	}
	var elements []element
	if ranges {
		elements = append(elements, element{key: bigEndian(0), end: true})
	}
	for _, r := range ports {
		elements = append(elements, element{key: bigEndian(r.Lo)})
		if ranges && r.Hi < 65535 {
			elements = append(elements, element{key: bigEndian(r.Hi + 1), end: true})
		}
	}
	return t.set(nftables.TypeInetService, elements, ranges)
}

// element is a member of a set or, of a set with ranges, a boundary.
type element struct {
	key []byte
	end bool // the key is the first that is in the set no more
}

// setName is replaced by the kernel: the set belongs to its one rule.
const setName = "__set%d"

// set adds an anonymous set and returns the expression that looks it up.
func (t *transaction) set(kind nftables.SetDatatype, elements []element, ranges bool) *expr.Lookup {
	t.sets++
	flags := uint32(unix.NFT_SET_ANONYMOUS | unix.NFT_SET_CONSTANT)
	if ranges {
		flags |= unix.NFT_SET_INTERVAL
	}
	t.change("making a set", unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE)
	t.attrString(unix.NFTA_SET_TABLE, firewall.Table)
	t.attrString(unix.NFTA_SET_NAME, setName)
	t.attrBig(unix.NFTA_SET_ID, t.sets)
	t.attrBig(unix.NFTA_SET_FLAGS, flags)
	t.attrBig(unix.NFTA_SET_KEY_TYPE, kind.GetNFTMagic())
	t.attrBig(unix.NFTA_SET_KEY_LEN, kind.Bytes)
	t.list(unix.NFTA_SET_DESC, func() { t.attrBig(unix.NFTA_SET_DESC_SIZE, uint32(len(elements))) })

	t.change("filling a set", unix.NFT_MSG_NEWSETELEM, unix.NLM_F_CREATE)
	t.attrString(unix.NFTA_SET_ELEM_LIST_TABLE, firewall.Table)
	t.attrString(unix.NFTA_SET_ELEM_LIST_SET, setName)
	t.attrBig(unix.NFTA_SET_ELEM_LIST_SET_ID, t.sets)
	t.list(unix.NFTA_SET_ELEM_LIST_ELEMENTS, func() {
		for _, e := range elements {
			t.list(unix.NFTA_LIST_ELEM, func() { t.element(e) })
		}
	})
	return &expr.Lookup{SourceRegister: register, SetName: setName, SetID: t.sets}
}

func (t *transaction) element(e element) {
	if e.end {
		t.attrBig(unix.NFTA_SET_ELEM_FLAGS, unix.NFT_SET_ELEM_INTERVAL_END)
	}
	t.list(unix.NFTA_SET_ELEM_KEY, func() { t.attr(unix.NFTA_DATA_VALUE, e.key) })
}
