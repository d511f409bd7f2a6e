package netns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// probeTime bounds the whole of what doctor tries inside.
const probeTime = 20 * time.Second

// probe is main inside the sandbox when doctor asks: it builds a lab, performs
// the steps of a trial in it, and writes its checks as JSON lines.
func probe(w io.Writer) int {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	out := json.NewEncoder(w)
	start := time.Now()
	lab, err := Build(ctx, Routed(Options{}))
	took := time.Since(start)
	if e := out.Encode(newCheck(checkLab, "any trial", fmt.Sprintf("three hosts in %.1f ms", float64(took)/1e6), err)); err != nil || e != nil {
		return 1
	}
	defer lab.Close()
	for _, p := range []struct {
		name, needs string
		do          func(context.Context, *Lab) (detail string, err error)
	}{
		{"traffic", "any trial", probeTraffic},
		{"nftables", "firewall profiles", probeRules},
		{"packet socket", "captures", probePacketSocket},
		{"program", "servers and clients under test", probeProgram},
	} {
		detail, err := p.do(ctx, lab)
		if out.Encode(newCheck(p.name, p.needs, detail, err)) != nil {
			return 1
		}
	}
	return 0
}

// probeTraffic sends a datagram across the gateway over each family.
func probeTraffic(ctx context.Context, lab *Lab) (string, error) {
	for _, v6 := range []bool{false, true} {
		to, err := lab.Host(Server).ListenPacket(ctx, "udp", net.JoinHostPort(lab.Host(Server).Addr(v6).String(), "5004"))
		if err != nil {
			return "", err
		}
		defer to.Close()
		from, err := lab.Host(Client).DialContext(ctx, "udp", to.LocalAddr().String())
		if err != nil {
			return "", err
		}
		defer from.Close()
		deadline, _ := ctx.Deadline()
		_, err = from.Write([]byte("probe"))
		if err := errors.Join(err, to.SetReadDeadline(deadline)); err != nil {
			return "", err
		}
		if _, _, err := to.ReadFrom(make([]byte, 16)); err != nil {
			return "", err
		}
	}
	return "IPv4 and IPv6 across the gateway", nil
}

func probeRules(ctx context.Context, lab *Lab) (string, error) {
	gateway := lab.Host(Gateway)
	err := gateway.Load(firewall.Profile{Name: "probe", Stateful: true, Rules: []firewall.Rule{
		{Name: "probe", Action: firewall.Drop, From: firewall.Server, Proto: firewall.UDP, DPort: firewall.Ports{{Lo: 1024, Hi: 5000}}},
	}})
	if err != nil {
		return "", err
	}
	if _, err := gateway.Counters(ctx); err != nil {
		return "", err
	}
	return "a stateful profile loaded, its counters read", nil
}

func probePacketSocket(_ context.Context, lab *Lab) (string, error) {
	err := lab.Host(Gateway).Do(func() error {
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return os.NewSyscallError("socket", err)
		}
		return unix.Close(fd)
	})
	return "opened on the gateway", err
}

func probeProgram(ctx context.Context, lab *Lab) (string, error) {
	p, err := lab.Host(Server).Start(ctx, Program{Argv: []string{"true"}})
	var missing *ExecError
	if errors.As(err, &missing) {
		return "the way to one is there; true itself is not installed", nil
	}
	if err != nil {
		return "", err
	}
	exit := p.Exit()
	if exit.Code != 0 {
		err = fmt.Errorf("true ended with %s", exit)
	}
	return "ran true as an ordinary user without capabilities", errors.Join(err, p.Stop(ctx))
}
