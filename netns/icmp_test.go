package netns

import (
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// However closed the way back is, an error of ICMP comes back: here that
// nobody listens at the server's port.
func TestICMPErrorsAlwaysPass(t *testing.T) {
	needLab(t)
	out := firewall.Rule{Name: "out", Action: firewall.Accept, From: firewall.Client}
	back := firewall.Rule{Name: "back", Action: firewall.Drop, From: firewall.Server}
	for _, p := range []firewall.Profile{
		{Default: firewall.Drop, Rules: []firewall.Rule{out}},
		{At: firewall.AtClient, Default: firewall.Drop, Rules: []firewall.Rule{out}},
		{At: firewall.AtServer, Rules: []firewall.Rule{back}},
		{NAT: firewall.Renumber, Rules: []firewall.Rule{back}},
	} {
		for _, v6 := range []bool{false, true} {
			lab := routed(t, Options{})
			if err := lab.Load(p); err != nil {
				t.Fatal(err)
			}
			client, err := path{lab: lab, v6: v6}.socket(lab.Host(Client), 2000, lab.Host(Server), 5004)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			if err := client.send("hello"); err != nil {
				t.Fatal(err)
			}
			client.within(5 * time.Second)
			if got := client.await("never"); got != refused {
				t.Errorf("%+v, ipv6 %v: the client sees %s", p, v6, got)
			}
			if packets(t, lab, firewall.NameICMPErrors) == 0 {
				t.Errorf("%+v, ipv6 %v: the error is not counted", p, v6)
			}
		}
	}
}
