package netns

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/google/nftables/expr"
	"github.com/google/nftables/userdata"
	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// gatewayInterfaces are the gateway's: an interface is called after the
// neighbour it leads to.
var gatewayInterfaces = firewall.Gateway{ToClient: Client, ToServer: Server}

// Load makes the profile's part for this host, gateway, server or client, the
// host's only rules, in one transaction: a packet meets the old rules or the
// new, never a mixture or none. What the profile wants elsewhere is left to
// the other hosts; [Lab.Load] asks them all. Two loads of one host at the same
// time are an error of the later.
func (h *Host) Load(p firewall.Profile) error {
	if err := p.Validate(); err != nil {
		return fmt.Errorf("loading profile %q on host %s: %w", p.Name, h.name, err)
	}
	rules := p.CompileAt(h.place(), gatewayInterfaces)
	if err := h.replace(rules, growBuffers); err != nil {
		return fmt.Errorf("loading profile %q on host %s: %w", p.Name, h.name, err)
	}
	return nil
}

// Load makes the profile the only rules of the lab. Each host changes at
// once; one after the other, that of the profile first, so that at no moment
// everything passes.
func (l *Lab) Load(p firewall.Profile) error {
	at := p.WithDefaults().At
	hosts := l.filters()
	if !slices.ContainsFunc(hosts, func(h *Host) bool { return h.place() == at }) {
		return fmt.Errorf("loading profile %q: the host of place %s is not the lab's, and gets no rules of ours", p.Name, at)
	}
	slices.SortStableFunc(hosts, func(a, b *Host) int {
		switch first, second := a.place() == at, b.place() == at; {
		case first == second:
			return 0
		case first:
			return -1
		}
		return 1
	})
	for _, h := range hosts {
		if err := h.Load(p); err != nil {
			return err
		}
	}
	return nil
}

// Ruleset is the nft text of what [Lab.Load] loads, for people.
func (l *Lab) Ruleset(p firewall.Profile) string { return p.NFT(gatewayInterfaces) }

// filters are the hosts that may have a firewall of ours. The switch of several
// clients has none: their own hosts do.
func (l *Lab) filters() []*Host {
	hosts := l.Clients()
	for _, name := range []string{Gateway, Server} {
		if h := l.Host(name); h != nil && !h.Attached() {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// place is which part of a profile is this host's. Places and hosts go by the
// same names, and each of several clients is at the client's.
func (h *Host) place() firewall.Place {
	if strings.HasPrefix(h.name, Client+"-") {
		return firewall.AtClient
	}
	return firewall.Place(h.name)
}

// replace makes the rules the host's only ones. A host that has none yet gets
// its table without a deletion: after one, the kernel waits some 15 ms for an
// RCU grace period before it lets the socket go.
func (h *Host) replace(rules []firewall.Compiled, buffer func(fd int) error) error {
	before, err := h.kernelRules()
	if err != nil {
		return err
	}
	if len(before) == 0 && len(rules) == 0 {
		return nil
	}
	t, err := rewrite(len(before) > 0, rules)
	if err != nil {
		return err
	}
	fd := -1
	if err := h.Do(func() error { fd, err = openNetfilter(buffer); return err }); err != nil {
		return err
	}
	return errors.Join(t.commit(fd), os.NewSyscallError("close", unix.Close(fd)))
}

// rewrite is the transaction: the old table goes with all that is in it, and
// the new one comes, in one step.
func rewrite(old bool, rules []firewall.Compiled) (*transaction, error) {
	t := newTransaction()
	if old {
		t.table("removing the old table", unix.NFT_MSG_DELTABLE, 0)
	}
	if len(rules) == 0 {
		return t, nil
	}
	t.table("making the table", unix.NFT_MSG_NEWTABLE, create)
	for _, c := range firewall.Chains(rules) {
		t.chain(c)
	}
	for i, r := range rules {
		if err := t.rule(i, r); err != nil {
			return nil, fmt.Errorf("rule %d, %q: %w", i+1, r.Name, err)
		}
	}
	return t, nil
}

func (t *transaction) table(what string, kind, flags uint16) {
	t.change(what, kind, flags)
	t.attrString(unix.NFTA_TABLE_NAME, firewall.Table)
}

var hooks = map[string]uint32{
	"prerouting":  unix.NF_INET_PRE_ROUTING,
	"input":       unix.NF_INET_LOCAL_IN,
	"forward":     unix.NF_INET_FORWARD,
	"output":      unix.NF_INET_LOCAL_OUT,
	"postrouting": unix.NF_INET_POST_ROUTING,
}

// acceptPolicy is NF_ACCEPT (linux/netfilter.h): what a chain does at its end.
// Ours end in a rule that decides, and is counted.
const acceptPolicy = 1

func (t *transaction) chain(c firewall.Chain) {
	t.change("making chain "+c.Name, unix.NFT_MSG_NEWCHAIN, create)
	t.attrString(unix.NFTA_CHAIN_TABLE, firewall.Table)
	t.attrString(unix.NFTA_CHAIN_NAME, c.Name)
	t.list(unix.NFTA_CHAIN_HOOK, func() {
		t.attrBig(unix.NFTA_HOOK_HOOKNUM, hooks[c.Hook])
		t.attrBig(unix.NFTA_HOOK_PRIORITY, uint32(int32(c.Priority)))
	})
	t.attrBig(unix.NFTA_CHAIN_POLICY, acceptPolicy)
	t.attrString(unix.NFTA_CHAIN_TYPE, c.Type)
}

// rule appends the rule to its chain, after the sets it looks up.
func (t *transaction) rule(i int, r firewall.Compiled) error {
	exprs := t.match(r)
	t.change(fmt.Sprintf("adding rule %d, %q", i+1, r.Name), unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_APPEND)
	t.attrString(unix.NFTA_RULE_TABLE, firewall.Table)
	t.attrString(unix.NFTA_RULE_CHAIN, r.Chain.Name)
	var errs []error
	t.list(unix.NFTA_RULE_EXPRESSIONS, func() {
		for _, e := range exprs {
			b, err := expr.Marshal(unix.NFPROTO_INET, e)
			errs = append(errs, err)
			t.attr(unix.NFTA_LIST_ELEM|unix.NLA_F_NESTED, b)
		}
		if r.ToPorts != (firewall.Range{}) {
			t.masquerade()
		}
	})
	t.attr(unix.NFTA_RULE_USERDATA, userdata.AppendString(nil, userdata.TypeComment, r.Name))
	return errors.Join(errs...)
}
