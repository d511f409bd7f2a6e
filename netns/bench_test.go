package netns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// benchProfile compiles to thirteen counted rules on the gateway.
func benchProfile() firewall.Profile {
	p := firewall.Profile{Name: "bench", Default: firewall.Drop, Stateful: true}
	for port := uint16(554); len(p.CompileAt(firewall.AtGateway, gatewayInterfaces)) < 13; port++ {
		p.Rules = append(p.Rules, firewall.Rule{
			Name: fmt.Sprintf("port %d", port), Action: firewall.Accept, From: firewall.Client,
			Proto: firewall.TCP, DPort: firewall.Ports{{Lo: port, Hi: port}},
		})
	}
	return p
}

// BenchmarkLab builds and tears down a lab with its rules beside two peers,
// which take turns with it in the same run: a shell script, and a program that
// sends netlink trains computed beforehand and knows nothing else. The metrics
// are medians; shell/lab is how many times faster the lab is, lab/bare how
// many times slower.
func BenchmarkLab(b *testing.B) {
	needLab(b)
	profile := benchProfile()
	script := newShellLab(b, profile)
	bare := newBareLab(b, profile)
	ours := func() error {
		lab, err := Build(b.Context(), Routed(Options{}))
		if err != nil {
			return err
		}
		return errors.Join(lab.Host(Gateway).Load(profile), lab.Close())
	}
	var shell, lab, bareLab []time.Duration
	for b.Loop() {
		shell = append(shell, timed(b, script.run))
		// The two short ones in threes, for as good a median.
		for range 3 {
			lab = append(lab, timed(b, ours))
			bareLab = append(bareLab, timed(b, bare.run))
		}
	}
	s, l, r := median(shell), median(lab), median(bareLab)
	b.ReportMetric(0, "ns/op") // of all three together: meaningless
	b.ReportMetric(float64(s)/1e6, "shell-ms")
	b.ReportMetric(float64(l)/1e6, "lab-ms")
	b.ReportMetric(float64(r)/1e6, "bare-ms")
	b.ReportMetric(float64(s)/float64(l), "shell/lab")
	b.ReportMetric(float64(l)/float64(r), "lab/bare")
}

func timed(b *testing.B, f func() error) time.Duration {
	start := time.Now()
	if err := f(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2]
}

// BenchmarkFirstPacket is the time the first datagram of each family needs
// across a lab that has just been built.
func BenchmarkFirstPacket(b *testing.B) {
	needLab(b)
	var all []time.Duration
	for b.Loop() {
		lab, err := Build(b.Context(), Routed(Options{}))
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range families {
			took, err := firstPacket(lab, f.v6)
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, took)
		}
		lab.Close()
	}
	b.ReportMetric(float64(median(all))/1e3, "p50-us")
	b.ReportMetric(float64(slices.Max(all))/1e6, "worst-ms")
}

// shellLab is the peer that people write: a script around ip and nft.
type shellLab struct{ script string }

func newShellLab(b *testing.B, p firewall.Profile) shellLab {
	for _, program := range []string{"ip", "nft", "sysctl"} {
		if _, err := exec.LookPath(program); err != nil {
			b.Skipf("the shell script needs %s: %v", program, err)
		}
	}
	// ip names namespaces by files in /run/netns: this one is ours alone.
	if err := mountTmpfs("/run", 1<<20, "mode=0755"); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { unix.Unmount("/run", unix.MNT_DETACH) })
	return shellLab{script: `set -e
for h in client gateway server; do ip netns add $h; ip -n $h link set lo up; done
ip netns exec gateway sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n gateway link add client type veth peer name gateway netns client
ip -n gateway link add server type veth peer name gateway netns server
ip -n gateway addr add 192.0.2.1/24 dev client
ip -n gateway addr add 2001:db8:1::1/64 dev client nodad
ip -n gateway addr add 198.51.100.1/24 dev server
ip -n gateway addr add 2001:db8:2::1/64 dev server nodad
ip -n client addr add 192.0.2.10/24 dev gateway
ip -n client addr add 2001:db8:1::10/64 dev gateway nodad
ip -n server addr add 198.51.100.10/24 dev gateway
ip -n server addr add 2001:db8:2::10/64 dev gateway nodad
for l in "gateway client" "gateway server" "client gateway" "server gateway"; do set -- $l; ip -n $1 link set $2 up; done
ip -n client route add default via 192.0.2.1
ip -n client route add default via 2001:db8:1::1
ip -n server route add default via 198.51.100.1
ip -n server route add default via 2001:db8:2::1
ip netns exec gateway nft -f - <<END
` + p.NFT(gatewayInterfaces) + `
END
for h in client gateway server; do ip netns del $h; done
`}
}

func (s shellLab) run() error {
	cmd := exec.Command("sh", "-c", s.script)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, out.String())
	}
	return nil
}

// bareLab is the peer that does the least: every byte it sends is computed
// beforehand, nothing is checked but the acknowledgements, nothing is general.
type bareLab struct {
	links   []byte    // in the gateway; the peers' descriptors are patched in
	peers   [2]int    // where
	configs [3][]byte // client, gateway, server
	settle  []byte    // in the gateway, at the end
	rules   []byte
	sysctls [3][]sysctl
}

// marker stands for a descriptor in a train.
const marker = 0x5eadbee0

func newBareLab(b *testing.B, p firewall.Profile) *bareLab {
	topology := Routed(Options{})
	plan := &builder{hosts: map[string]*site{}}
	for _, spec := range topology.Hosts {
		s := &site{spec: spec, host: &Host{name: spec.Name}, index: 1}
		plan.hosts[spec.Name] = s
		plan.order = append(plan.order, s)
	}
	plan.plan(topology.Links)
	l := &bareLab{}
	var links, settle train
	for i, p := range plan.hosts[Gateway].ends {
		links.veth(p.veth, p.far.veth, 1500, marker+i)
		settle.askLink(p.veth.index)
	}
	links.seal(1)
	settle.seal(1)
	l.links, l.settle = links.buf, settle.buf
	for i := range l.peers {
		l.peers[i] = bytes.Index(l.links, binary.NativeEndian.AppendUint32(nil, uint32(marker+i)))
	}
	for i, s := range plan.order {
		var t train
		s.describe(&t)
		t.seal(1)
		l.configs[i] = t.buf
		l.sysctls[i] = s.spec.sysctls()
	}
	rules, err := rewrite(false, p.CompileAt(firewall.AtGateway, gatewayInterfaces))
	if err != nil {
		b.Fatal(err)
	}
	flags := rules.buf[rules.begin+flagOffset:]
	binary.NativeEndian.PutUint16(flags, binary.NativeEndian.Uint16(flags)|unix.NLM_F_ACK)
	rules.message("", unix.NFNL_MSG_BATCH_END, 0, nfHeader(unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES))
	rules.seal(1)
	l.rules = rules.buf
	return l
}

func (l *bareLab) run() error {
	return onThread(func() error {
		const client, gateway, server = 0, 1, 2
		var ns, route [3]int
		var filter int
		var err error
		for i := range ns {
			if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
				return err
			}
			for _, s := range l.sysctls[i] {
				if err := s.write(); err != nil {
					return err
				}
			}
			if ns[i], err = unix.Open(threadNetns, unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
				return err
			}
			defer unix.Close(ns[i])
			if route[i], err = bareSocket(unix.NETLINK_ROUTE); err != nil {
				return err
			}
			defer unix.Close(route[i])
			if i == gateway {
				if filter, err = bareSocket(unix.NETLINK_NETFILTER); err != nil {
					return err
				}
				defer unix.Close(filter)
			}
		}
		binary.NativeEndian.PutUint32(l.links[l.peers[0]:], uint32(ns[client]))
		binary.NativeEndian.PutUint32(l.links[l.peers[1]:], uint32(ns[server]))
		if err := bareSend(route[gateway], l.links); err != nil {
			return fmt.Errorf("links: %w", err)
		}
		for _, end := range []struct {
			host int
			name string
		}{{client, Gateway}, {gateway, Client}, {gateway, Server}, {server, Gateway}} {
			if err := (&rtnl{fd: route[end.host]}).noOffload(end.name); err != nil {
				return err
			}
		}
		for _, host := range []int{client, server, gateway} {
			if err := bareSend(route[host], l.configs[host]); err != nil {
				return fmt.Errorf("host %d: %w", host, err)
			}
		}
		if err := bareSend(route[gateway], l.settle); err != nil {
			return err
		}
		return bareSend(filter, l.rules)
	})
}

func bareSocket(protocol int) (int, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return -1, err
	}
	return fd, unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// bareSend sends a train and waits for its one acknowledgement.
func bareSend(fd int, b []byte) error {
	if err := unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 16<<10)
	for {
		n, _, err := unix.Recvfrom(fd, answer, 0)
		if err != nil {
			return err
		}
		for at := answer[:n]; len(at) >= headerLen; at = at[min(len(at), int(binary.NativeEndian.Uint32(at)+3)&^3):] {
			if binary.NativeEndian.Uint16(at[4:]) == unix.NLMSG_ERROR {
				if errno := -int32(binary.NativeEndian.Uint32(at[headerLen:])); errno != 0 {
					return os.NewSyscallError("netlink", unix.Errno(errno))
				}
				return nil
			}
		}
	}
}
