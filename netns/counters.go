package netns

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/userdata"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// Counters reads what each rule of this host has met since it was loaded, in
// the rules' order. Kernel rules of one name are one counter. A host without
// rules has none.
func (h *Host) Counters(ctx context.Context) ([]firewall.Counter, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading counters of host %s: %w", h.name, context.Cause(ctx))
	}
	rules, err := h.kernelRules()
	if err != nil {
		return nil, fmt.Errorf("reading counters of host %s: %w", h.name, err)
	}
	var sums tally
	for _, r := range rules {
		sums.add(r.counter)
	}
	return sums.counters, nil
}

// Counters reads the counters of the whole lab, summed by name.
func (l *Lab) Counters(ctx context.Context) ([]firewall.Counter, error) {
	var sums tally
	for _, h := range l.filters() {
		counters, err := h.Counters(ctx)
		if err != nil {
			return nil, err
		}
		for _, c := range counters {
			sums.add(c)
		}
	}
	return sums.counters, nil
}

// Loaded checks that the kernel holds the profile's rules for this host: as
// many, in the same chains, in the same order, by name.
func (h *Host) Loaded(p firewall.Profile) error {
	kernel, err := h.kernelRules()
	if err != nil {
		return fmt.Errorf("checking the rules of host %s: %w", h.name, err)
	}
	want := p.CompileAt(h.place(), gatewayInterfaces)
	if len(kernel) != len(want) {
		return fmt.Errorf("checking the rules of host %s: the kernel has %d, profile %q has %d", h.name, len(kernel), p.Name, len(want))
	}
	i := 0
	for _, chain := range firewall.Chains(want) {
		for _, w := range want {
			if w.Chain != chain {
				continue
			}
			if got := kernel[i]; got.chain != chain.Name || got.counter.Name != w.Name {
				return fmt.Errorf("checking the rules of host %s: the kernel's rule %d is %q in chain %s, profile %q has %q in chain %s",
					h.name, i+1, got.counter.Name, got.chain, p.Name, w.Name, chain.Name)
			}
			i++
		}
	}
	return nil
}

// Loaded checks every host of the lab.
func (l *Lab) Loaded(p firewall.Profile) error {
	for _, h := range l.filters() {
		if err := h.Loaded(p); err != nil {
			return err
		}
	}
	return nil
}

// tally sums counters by name and keeps the order of their first sight.
type tally struct {
	counters []firewall.Counter
	index    map[string]int
}

func (t *tally) add(c firewall.Counter) {
	if t.index == nil {
		t.index = map[string]int{}
	}
	i, known := t.index[c.Name]
	if !known {
		t.index[c.Name] = len(t.counters)
		t.counters = append(t.counters, c)
		return
	}
	t.counters[i].Packets += c.Packets
	t.counters[i].Bytes += c.Bytes
}

// kernelRule is one rule as the kernel tells it.
type kernelRule struct {
	chain   string
	counter firewall.Counter
}

func (h *Host) kernelRules() ([]kernelRule, error) {
	var rules []kernelRule
	err := h.withNFT(func(c *nftables.Conn) error {
		chains, err := c.ListChainsOfTableFamily(nftables.TableFamilyINet)
		if err != nil {
			return fmt.Errorf("listing chains: %w", err)
		}
		for _, chain := range chains {
			if chain.Table.Name != firewall.Table {
				continue
			}
			listed, err := c.GetRules(chain.Table, chain)
			if err != nil {
				return fmt.Errorf("listing chain %s: %w", chain.Name, err)
			}
			for _, r := range listed {
				rules = append(rules, kernelRule{chain: chain.Name, counter: counterOf(r)})
			}
		}
		return nil
	})
	return rules, err
}

// withNFT runs f with a connection to this host's nf_tables. The connection
// takes the thread into the namespace while it opens its socket.
func (h *Host) withNFT(f func(*nftables.Conn) error) error {
	raw, err := h.ns.SyscallConn()
	if err != nil {
		return h.fail(err)
	}
	var inner error
	err = raw.Control(func(fd uintptr) {
		c, err := nftables.New(nftables.WithNetNSFd(int(fd)), nftables.AsLasting())
		if err != nil {
			inner = fmt.Errorf("opening netlink socket: %w", err)
			return
		}
		inner = errors.Join(f(c), c.CloseLasting())
	})
	if err != nil {
		return h.fail(err)
	}
	return inner
}

func counterOf(r *nftables.Rule) firewall.Counter {
	var c firewall.Counter
	c.Name, _ = userdata.GetString(r.UserData, userdata.TypeComment)
	for _, e := range r.Exprs {
		if counter, is := e.(*expr.Counter); is {
			c.Packets, c.Bytes = counter.Packets, counter.Bytes
		}
	}
	return c
}
