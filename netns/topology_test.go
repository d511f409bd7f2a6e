package netns

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/containernetworking/plugins/pkg/ns"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// TestKernelHasThePlan reads a lab back through somebody else's namespace and
// netlink code: our own must not be its own witness.
func TestKernelHasThePlan(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{MTU: 1400})
	for _, l := range Routed(Options{}).Links {
		for _, ends := range [][2]End{{l.A, l.B}, {l.B, l.A}} {
			near, far := ends[0], ends[1]
			h := lab.Host(near.Host)
			foreign, err := ns.GetNS(fmt.Sprintf("/proc/self/fd/%d", h.fd()))
			if err != nil {
				t.Fatal(err)
			}
			defer foreign.Close()
			if err := foreign.Do(func(ns.NetNS) error { return checkInterface(t, h, near, far) }); err != nil {
				t.Errorf("%s towards %s: %v", near.Host, far.Host, err)
			}
		}
	}
}

func checkInterface(t *testing.T, h *Host, near, far End) error {
	name, index := h.Interface(far.Host)
	link, err := netlink.LinkByName(name)
	if err != nil {
		return err
	}
	a := link.Attrs()
	if a.Index != index || a.MTU != 1400 || a.NumTxQueues != 1 || a.NumRxQueues != 1 || a.OperState != netlink.OperUp || link.Type() != "veth" {
		t.Errorf("%s: %s, index %d, MTU %d, %d and %d queues, %s", name, link.Type(), a.Index, a.MTU, a.NumTxQueues, a.NumRxQueues, a.OperState)
	}
	if offload(t, name) {
		t.Errorf("%s: checksum offload is on", name)
	}
	addrs, err := netlink.AddrList(link, netlink.FAMILY_ALL)
	if err != nil {
		return err
	}
	var got []string
	for _, a := range addrs {
		got = append(got, a.IPNet.String())
		if a.Flags&unix.IFA_F_TENTATIVE != 0 {
			t.Errorf("%s: address %s is tentative", name, a.IPNet)
		}
	}
	var want []string
	for _, p := range near.Addrs {
		want = append(want, p.String())
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) { // a link-local address of the kernel's making would be one too many
		t.Errorf("%s: addresses %v, want %v", name, got, want)
	}
	for _, family := range []int{netlink.FAMILY_V4, netlink.FAMILY_V6} {
		neighbours, err := netlink.NeighList(index, family)
		if err != nil {
			return err
		}
		for _, n := range neighbours {
			if n.State != netlink.NUD_PERMANENT && n.State != netlink.NUD_NOARP { // multicast groups are the latter
				t.Errorf("%s: neighbour %s is in state %#x", name, n.IP, n.State)
			}
		}
		if !slices.ContainsFunc(neighbours, func(n netlink.Neigh) bool {
			addr, _ := netip.AddrFromSlice(n.IP)
			return slices.ContainsFunc(far.Addrs, func(p netip.Prefix) bool { return p.Addr() == addr.Unmap() })
		}) {
			t.Errorf("%s: no permanent neighbour of family %d", name, family)
		}
	}
	return nil
}

// offload asks for the checksum offload of an interface in the thread's
// namespace.
func offload(t *testing.T, name string) bool {
	r, err := openRTNL()
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	value := struct{ cmd, data uint32 }{unix.ETHTOOL_GTXCSUM, 0}
	var req struct {
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}
	copy(req.name[:], name)
	req.data = unsafe.Pointer(&value)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(r.fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&req))); errno != 0 {
		t.Errorf("asking %s for its offload: %v", name, errno)
	}
	return value.data != 0
}

func TestSysctlsOfALab(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{})
	for _, h := range lab.Hosts() {
		forward := "0"
		if h.Name() == Gateway {
			forward = "1"
		}
		want := map[string]string{
			"ipv4/icmp_ratelimit": "0", "ipv6/icmp/ratemask": "", "ipv4/tcp_no_metrics_save": "1",
			"ipv4/ip_unprivileged_port_start": "0", "ipv4/conf/lo/rp_filter": "0",
			"ipv6/conf/all/forwarding": forward,
		}
		err := h.Do(func() error {
			if setting("/proc/sys/net/"+ownConnections.path) != "" { // Linux 6.1 and later
				want["ipv4/tcp_ehash_entries"] = ownConnections.value
			}
			for name, value := range want {
				if got := setting("/proc/sys/net/" + name); got != value {
					t.Errorf("%s: %s is %q, want %q", h.Name(), name, got, value)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestSmallMTU: below 1280 bytes there is no IPv6, and the lab says so instead
// of failing.
func TestSmallMTU(t *testing.T) {
	t.Parallel()
	lab := routed(t, Options{MTU: 1200})
	if a := lab.Host(Server).Addr(true); a.IsValid() {
		t.Errorf("the server has %s on a link of 1200 bytes", a)
	}
	if _, err := firstPacket(lab, false); err != nil {
		t.Errorf("ipv4: %v", err)
	}
}

// TestRate sends four times what a link passes in 100 ms.
func TestRate(t *testing.T) {
	t.Parallel()
	const rate, size, count = 4_000_000, 1000, 200 // 400 ms at 4 Mbit/s
	lab := routed(t, Options{Rate: rate})
	server, err := lab.Host(Server).ListenPacket(t.Context(), "udp", at(lab.Host(Server), false, 5004))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	client, err := lab.Host(Client).DialContext(t.Context(), "udp", server.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := server.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	start, got := time.Now(), 0
	done := make(chan error, 1)
	go func() {
		var err error
		for n := 0; n < count && err == nil; n++ {
			_, err = client.Write(make([]byte, size))
			if n%20 == 19 {
				time.Sleep(20 * time.Millisecond) // the pace of the sender: no more at once than the queue holds
			}
		}
		done <- err
	}()
	buf := make([]byte, size)
	for got < count {
		if _, _, err := server.ReadFrom(buf); err != nil {
			t.Fatalf("after %d of %d datagrams: %v", got, count, err)
		}
		got++
	}
	took := time.Since(start)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if ideal := time.Duration(count*(size+42)*8) * time.Second / rate; took < ideal*8/10 {
		t.Errorf("%d datagrams took %v, a link of that rate needs %v", count, took, ideal)
	}
}

func TestBadTopologies(t *testing.T) {
	t.Parallel()
	two := []HostSpec{{Name: "a"}, {Name: "b"}}
	link := LinkSpec{A: End{Host: "a"}, B: End{Host: "b"}}
	for _, c := range []struct {
		name string
		t    Topology
		want string
	}{
		{"a host without a name", Topology{Hosts: []HostSpec{{}}}, "1 to 15 bytes"},
		{"a long name", Topology{Hosts: []HostSpec{{Name: "sixteen-bytes-xx"}}}, "1 to 15 bytes"},
		{"lo", Topology{Hosts: []HostSpec{{Name: "lo"}}}, "not be lo"},
		{"twins", Topology{Hosts: []HostSpec{{Name: "a"}, {Name: "a"}}}, `host "a": defined twice`},
		{"a link to nowhere", Topology{Hosts: two[:1], Links: []LinkSpec{link}}, "must join two hosts"},
		{"a link to itself", Topology{Hosts: two, Links: []LinkSpec{{A: End{Host: "a"}, B: End{Host: "a"}}}}, "must join two hosts"},
		{"two links", Topology{Hosts: two, Links: []LinkSpec{link, {A: link.B, B: link.A}}}, "defined twice"},
		{"an MTU too small", Topology{Hosts: two, Links: []LinkSpec{{A: link.A, B: link.B, MTU: 67}}}, "MTU 67"},
		{"an MTU too large", Topology{Hosts: two, Links: []LinkSpec{{A: link.A, B: link.B, MTU: 65536}}}, "MTU 65536"},
		{"a rate too low", Topology{Hosts: two, Links: []LinkSpec{{A: link.A, B: link.B, Rate: 9}}}, "rate 9"},
	} {
		if _, err := Build(t.Context(), c.t); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestBuildUnwinds lets the kernel refuse a late step.
func TestBuildUnwinds(t *testing.T) {
	needLab(t)
	plan := Routed(Options{})
	plan.Hosts[2].Routes = append(plan.Hosts[2].Routes, plan.Hosts[2].Routes[0])
	before := takeCensus(t)
	_, err := Build(t.Context(), plan)
	if !errors.Is(err, unix.EEXIST) || !strings.Contains(err.Error(), "host server: adding route 0.0.0.0/0 via 198.51.100.1") {
		t.Errorf("a route given twice: %v, want the step's name and EEXIST", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Build(cancelled, Routed(Options{})); !errors.Is(err, context.Canceled) {
		t.Errorf("building in a cancelled context: %v", err)
	}
	before.settles(t)
}
