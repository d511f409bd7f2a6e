package netns

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// sysctl is one setting below /proc/sys/net of a namespace.
type sysctl struct{ path, value string }

// ownConnections gives a namespace that is made from this one its own table of
// TCP connections. In the machine's, of a hundred thousand entries and more,
// the kernel looks for a host's few for a millisecond each time it is asked.
// Half as many connections may be in TIME_WAIT. Before Linux 6.1 there is no
// such thing.
var ownConnections = sysctl{"ipv4/tcp_child_ehash_entries", "1024"}

// hostSysctls are written in every host while it has no interface but lo, so
// that the defaults reach the interfaces still to come.
var hostSysctls = []sysctl{
	// No duplicate address detection, no link-local address of the kernel's
	// making and no router solicitation: each costs seconds before the first
	// packet, and none of their frames belongs in a capture.
	{"ipv6/conf/default/accept_dad", "0"},
	{"ipv6/conf/default/addr_gen_mode", "1"},
	{"ipv6/conf/default/accept_ra", "0"},
	{"ipv6/conf/default/router_solicitations", "0"},
	// Every refusal is answered: with the limits 30 of 40 prohibited connects
	// were seen as time-outs.
	{"ipv4/icmp_ratelimit", "0"},
	{"ipv4/icmp_ratemask", "0"},
	{"ipv6/icmp/ratelimit", "0"},
	{"ipv6/icmp/ratemask", ""},
	// No connection learns from an earlier one.
	{"ipv4/tcp_no_metrics_save", "1"},
	// An ordinary user may bind 554 and 80.
	{"ipv4/ip_unprivileged_port_start", "0"},
}

// forwardSysctls make a host a router.
var forwardSysctls = []sysctl{
	{"ipv4/ip_forward", "1"},
	{"ipv6/conf/all/forwarding", "1"},
}

// proxySysctls let an interface answer for others at once: by itself the kernel
// waits for up to 0.8 s, so that whoever is asked for may be faster.
func proxySysctls(name string) []sysctl {
	return []sysctl{
		{"ipv4/neigh/" + name + "/proxy_delay", "0"},
		{"ipv6/neigh/" + name + "/proxy_delay", "0"},
		{"ipv6/conf/" + name + "/proxy_ndp", "1"},
	}
}

// inheritedSysctls undo what a new namespace copies from the machine's own
// (net.core.devconf_inherit_init_net), so that a lab is the same everywhere.
var inheritedSysctls = []sysctl{
	{"ipv4/conf/all/rp_filter", "0"},
	{"ipv4/conf/default/rp_filter", "0"},
}

// sysctls is all that a host needs set, in order.
func (h HostSpec) sysctls() []sysctl {
	all := slices.Concat(inheritedSysctls, hostSysctls)
	if h.Forward {
		all = append(all, forwardSysctls...)
	}
	return all
}

// try sets it in the calling thread's namespace, where the kernel knows it.
func (s sysctl) try() error {
	if err := s.write(); !errors.Is(err, unix.ENOENT) {
		return err
	}
	return nil
}

// write sets it in the calling thread's namespace.
func (s sysctl) write() error {
	path := "/proc/sys/net/" + s.path
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("opening %s: %w", path, err)
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, []byte(s.value+"\n")); err != nil {
		return fmt.Errorf("writing %q to %s: %w", s.value, path, err)
	}
	return nil
}
