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
	if got := countConnections(table); got != 2 {
		t.Errorf("got %d connections, want the established one and the one in FIN_WAIT2", got)
	}
}

func TestCountSent(t *testing.T) {
	t.Parallel()
	table := []byte(`Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    100       9    0    0    0     0          0         0      100       9    0    0    0     0       0          0
gateway:  2048      17    0    0    0     0          0         0     4096      23    0    0    0     0       0          0
`)
	if got := countSent(table); got != 23 {
		t.Errorf("got %d packets sent, want 23: the loopback's do not count", got)
	}
}
