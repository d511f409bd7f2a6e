package netns

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// leadPatience is how long the link of a lab that is going may still be in a
// foreign namespace: the kernel removes what a killed process had in the
// background.
const leadPatience = 5 * time.Second

// lead makes the link into a foreign namespace, where the kernel chooses the
// index of the far end.
func (p *endpoint) lead(ctx context.Context) error {
	far := p.far
	in := far.site.spec.In
	ctx, cancel := context.WithTimeout(ctx, leadPatience)
	defer cancel()
	for {
		var t train
		t.veth(p.veth, far.veth, p.link.mtu(), far.site.host.fd())
		err := p.site.rtnl.send(&t)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EEXIST) {
			return fmt.Errorf("leading a link into %s: %w", in.name, err)
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			return fmt.Errorf("leading a link into %s: another lab has one there (%s)", in.name, linkName)
		}
	}
	var t train
	t.find(linkName)
	if err := far.site.rtnl.send(&t); err != nil {
		return fmt.Errorf("leading a link into %s: %w", in.name, err)
	}
	far.veth.index = far.site.rtnl.index[linkName]
	far.site.host.interfaces[0].index = far.veth.index
	return nil
}
