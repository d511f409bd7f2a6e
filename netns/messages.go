package netns

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

const create = unix.NLM_F_CREATE | unix.NLM_F_EXCL

// What x/sys lacks of veth and the token bucket
// (linux/veth.h, linux/pkt_sched.h).
const (
	vethInfoPeer = 1
	tbfParms     = 1
	tbfBurst     = 6
	tcMsgLen     = 20 // struct tcmsg
)

// linkBody is struct ifinfomsg.
func linkBody(index int, flags, change uint32) []byte {
	b := make([]byte, unix.SizeofIfInfomsg)
	b[0] = unix.AF_UNSPEC
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	binary.NativeEndian.PutUint32(b[8:], flags)
	binary.NativeEndian.PutUint32(b[12:], change)
	return b
}

// vethEnd is what both ends of a pair are born with.
type vethEnd struct {
	name  string
	index int
	mac   [6]byte
}

func (t *train) vethEnd(e vethEnd, mtu int) {
	t.attrString(unix.IFLA_IFNAME, e.name)
	t.attr(unix.IFLA_ADDRESS, e.mac[:])
	t.attrUint32(unix.IFLA_MTU, uint32(mtu))
	// With more queues than one the kernel waits for an RCU grace period while
	// it holds the lock of all links: 779 us instead of 258 for two pairs.
	t.attrUint32(unix.IFLA_NUM_TX_QUEUES, 1)
	t.attrUint32(unix.IFLA_NUM_RX_QUEUES, 1)
}

// veth makes a pair: the near end here and up, the far end born in the
// namespace of peerNS. A far end cannot be born up (ENOTCONN).
func (t *train) veth(near, far vethEnd, mtu, peerNS int) {
	t.message(fmt.Sprintf("making the link to %s", near.name), unix.RTM_NEWLINK, create,
		linkBody(near.index, unix.IFF_UP, unix.IFF_UP))
	t.vethEnd(near, mtu)
	t.nest(unix.IFLA_LINKINFO, func() {
		t.attrString(unix.IFLA_INFO_KIND, "veth")
		t.nest(unix.IFLA_INFO_DATA, func() {
			t.nest(vethInfoPeer, func() {
				t.buf = append(t.buf, linkBody(far.index, 0, 0)...)
				t.vethEnd(far, mtu)
				t.attrUint32(unix.IFLA_NET_NS_FD, uint32(peerNS))
			})
		})
	})
}

func (t *train) up(index int) {
	t.message(fmt.Sprintf("setting interface %d up", index), unix.RTM_NEWLINK, 0,
		linkBody(index, unix.IFF_UP, unix.IFF_UP))
}

// find asks for a link by its name.
func (t *train) find(name string) {
	t.message("looking for interface "+name, unix.RTM_GETLINK, 0, linkBody(0, 0, 0))
	t.attrString(unix.IFLA_IFNAME, name)
}

// askLink asks for a link's state. From Linux 6.7 on the kernel first runs the
// deferred work that gives a link with a new carrier its transmit queue; until
// that has run, packets are lost and the first ARP answer with them.
func (t *train) askLink(index int) {
	t.message(fmt.Sprintf("asking for the state of interface %d", index), unix.RTM_GETLINK, 0,
		linkBody(index, 0, 0))
}

func family(a netip.Addr) byte {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// address adds an address; IPv6 ones skip duplicate address detection.
func (t *train) address(index int, p netip.Prefix) {
	body := []byte{family(p.Addr()), byte(p.Bits()), 0, unix.RT_SCOPE_UNIVERSE}
	if p.Addr().Is6() {
		body[2] = unix.IFA_F_NODAD
	}
	body = binary.NativeEndian.AppendUint32(body, uint32(index))
	t.message(fmt.Sprintf("adding address %s", p), unix.RTM_NEWADDR, create, body)
	t.attrAddr(unix.IFA_LOCAL, p.Addr())
	t.attrAddr(unix.IFA_ADDRESS, p.Addr())
}

// neighbour adds a permanent neighbour entry. The table of learnt ones is
// shared by all namespaces of the machine and has a limit that many labs reach.
func (t *train) neighbour(index int, a netip.Addr, mac [6]byte) {
	body := make([]byte, unix.SizeofNdMsg)
	body[0] = family(a)
	binary.NativeEndian.PutUint32(body[4:], uint32(index))
	binary.NativeEndian.PutUint16(body[8:], unix.NUD_PERMANENT)
	t.message(fmt.Sprintf("adding neighbour %s", a), unix.RTM_NEWNEIGH, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, body)
	t.attrAddr(unix.NDA_DST, a)
	t.attr(unix.NDA_LLADDR, mac[:])
}

// route adds a route; index is the interface it leaves by, 0 where the address
// it goes to says so.
func (t *train) route(r RouteSpec, index int) {
	body := make([]byte, unix.SizeofRtMsg)
	body[0], body[1] = family(r.To.Addr()), byte(r.To.Bits())
	body[4], body[5] = unix.RT_TABLE_MAIN, unix.RTPROT_STATIC
	body[6], body[7] = unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST
	switch {
	case !r.Via.IsValid():
		body[6] = unix.RT_SCOPE_LINK
	case index != 0:
		binary.NativeEndian.PutUint32(body[8:], unix.RTNH_F_ONLINK)
	}
	t.message(fmt.Sprintf("adding route %s via %s", r.To, r.Via), unix.RTM_NEWROUTE, create, body)
	if r.To.Bits() > 0 {
		t.attrAddr(unix.RTA_DST, r.To.Masked().Addr())
	}
	if index != 0 {
		t.attrUint32(unix.RTA_OIF, uint32(index))
	}
	if r.Via.IsValid() {
		t.attrAddr(unix.RTA_GATEWAY, r.Via)
	}
}

// remove takes a link away, and with one end of a pair the other.
func (t *train) remove(index int) {
	t.message(fmt.Sprintf("removing interface %d", index), unix.RTM_DELLINK, 0, linkBody(index, 0, 0))
}

// enslave makes an interface a port of a bridge.
func (t *train) enslave(index, bridge int) {
	t.message(fmt.Sprintf("bridging interface %d", index), unix.RTM_NEWLINK, 0, linkBody(index, 0, 0))
	t.attrUint32(unix.IFLA_MASTER, uint32(bridge))
}

// proxy makes the host answer for an address that is behind it.
func (t *train) proxy(index int, a netip.Addr) {
	body := make([]byte, unix.SizeofNdMsg)
	body[0] = family(a)
	binary.NativeEndian.PutUint32(body[4:], uint32(index))
	binary.NativeEndian.PutUint16(body[8:], unix.NUD_PERMANENT)
	body[10] = unix.NTF_PROXY
	t.message(fmt.Sprintf("answering for %s", a), unix.RTM_NEWNEIGH, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, body)
	t.attrAddr(unix.NDA_DST, a)
}

// minRate is the slowest link in bits a second: below it one full packet takes
// more than a second.
const minRate = 16_000

// shape puts a token bucket on what an interface sends: a burst of 10 ms but
// never less than two packets, and a queue of 200 ms but at least 16.
func (t *train) shape(index int, rate uint64, mtu int) {
	frame := uint64(mtu) + 14
	burst := max(rate/8/100, 2*frame)
	limit := max(rate/8/5, 16*frame)
	body := make([]byte, tcMsgLen)
	binary.NativeEndian.PutUint32(body[4:], uint32(index))
	binary.NativeEndian.PutUint32(body[8:], 1<<16) // handle 1:
	binary.NativeEndian.PutUint32(body[12:], 0xffffffff /* TC_H_ROOT */)
	t.message(fmt.Sprintf("shaping interface %d to %d bit/s", index, rate), unix.RTM_NEWQDISC, create, body)
	t.attrString(unix.TCA_KIND, "tbf")
	t.nest(unix.TCA_OPTIONS, func() { t.tokenBucket(rate/8, burst, limit) })
}

// tokenBucket writes struct tc_tbf_qopt:
//
//	0  rate: cell_log 1, linklayer 1, overhead 2, cell_align 2, mpu 2, bytes a second 4
//	12 peak rate, the same (none here)
//	24 limit 4, bytes     28 buffer 4, ticks (0: the burst attribute says it in bytes)     32 mtu 4
func (t *train) tokenBucket(bytesPerSecond, burst, limit uint64) {
	const ethernet = 1 // TC_LINKLAYER_ETHERNET; 0 would ask for a rate table
	opt := make([]byte, 36)
	opt[1] = ethernet
	binary.NativeEndian.PutUint32(opt[8:], uint32(min(bytesPerSecond, 1<<32-1)))
	binary.NativeEndian.PutUint32(opt[24:], uint32(min(limit, 1<<32-1)))
	t.attr(tbfParms, opt)
	t.attrUint32(tbfBurst, uint32(min(burst, 1<<32-1)))
}
