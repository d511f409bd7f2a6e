package netns

import "testing"

func TestCountConnections(t *testing.T) {
	t.Parallel()
	table := []byte(`  sl  local_address rem_address   st tx_queue rx_queue
   0: 0A0200C0:022A 00000000:0000 0A 00000000:00000000
   1: 0A0200C0:022A 0A6433C6:0400 01 00000000:00000000
   2: 0A0200C0:022A 0A6433C6:0401 06 00000000:00000000
   3: 0A0200C0:022A 0A6433C6:0402 05 00000000:00000000
`)
	if got := countConnections(table, (&Host{}).counts); got != 2 {
		t.Errorf("got %d connections, want the established one and the one in FIN_WAIT2", got)
	}
	attached := &Host{in: &Foreign{}, interfaces: []iface{{addrs: serverNet}}}
	table = append(table, []byte(`   4: 0100007F:022A 0100007F:0400 01 00000000:00000000
   5: 0A6433C6:022A 0A0200C0:0400 01 00000000:00000000
   6: 0000000000000000FFFF00000A6433C6:022A 0000000000000000FFFF00000A0200C0:0401 01 00000000:00000000
   7: 0000 0000 01 00000000:00000000
`)...)
	if got := countConnections(table, attached.counts); got != 2 {
		t.Errorf("got %d connections with the lab, want the two of the lab's address", got)
	}
}

func TestCountSent(t *testing.T) {
	t.Parallel()
	table := []byte(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    100       9    0    0    0     0          0         0      100       9    0    0    0     0       0          0
gateway:  2048      17    0    0    0     0          0         0     4096      23    0    0    0     0       0          0
`)
	if got := countSent(table, (&Host{}).counted); got != 23 {
		t.Errorf("got %d packets sent, want 23: the loopback's do not count", got)
	}
	table = append(table, []byte(`rollover0:  0       0    0    0    0     0          0         0     4096      5    0    0    0     0       0          0
`)...)
	if got := countSent(table, (&Host{in: &Foreign{}}).counted); got != 5 {
		t.Errorf("got %d packets sent to the lab, want 5: the container's own do not count", got)
	}
}
