package rollover

import "testing"

func TestPredictAgain(t *testing.T) {
	t.Parallel()
	const head = "- id: a\n  dialect: wmp11\n  moniker: rtsp\n"
	for _, c := range []struct{ yaml, want string }{
		{"  client: {starts: 2}", "RTSPU:played RTSPU:played"},
		{"  client: {abort: 2}", "RTSPU:played RTSPU:played RTSPU:played"},
		{"  profile: no-udp-to-client\n  client: {starts: 2}", "RTSPU:starved RTSPT:played RTSPU:starved RTSPT:played | RTSPU:starved RTSPT:played RTSPT:played"},
		{"  profile: no-udp-to-client\n  client: {starts: 2, memory: reset}", "RTSPU:starved RTSPT:played RTSPU:starved RTSPT:played"},
		{"  profile: no-udp-to-client\n  client: {starts: 2, memory: reset}\n  then: [{when: played, profile: open}]", "RTSPU:starved RTSPT:played RTSPU:played"},
		{"  profile: rtsp-reset\n  client: {starts: 2}", "RTSPU:refused RTSPT:refused? HTTP:played RTSPU:refused RTSPT:refused? HTTP:played | RTSPU:refused RTSPT:refused? HTTP:played HTTP:played"},
		{"  then: [{when: playing, do: stop}]", "RTSPU:played"},
		{"  profile: no-udp-to-client\n  client: {habits: [plain]}", "RTSPU:starved RTSPT:played"},
		{"  profile: client-default-deny\n  client: {habits: [plain, punch]}", "RTSPU:played"},
	} {
		all, err := LoadScenarios("f.yaml", []byte(head+c.yaml))
		if err != nil {
			t.Fatal(err)
		}
		p := Predict(all[0], ClientRow{}, Brisk)
		if p.String() != c.want {
			t.Errorf("%s:\n%s\nwant %s", c.yaml, p, c.want)
		}
		for _, seq := range p.Sequences {
			if last := seq[len(seq)-1]; all[0].Client.Plays() > 1 && last.Window != (Window{}) {
				t.Errorf("%s: the last step has a window: %+v", c.yaml, last.Window)
			}
		}
	}
}

// TestStopIsNoCut: who leaves of its own will does not come back, and media
// that was cut short by it is nobody's fault.
func TestStopIsNoCut(t *testing.T) {
	t.Parallel()
	all, err := LoadScenarios("f.yaml", []byte("- id: a\n  dialect: wmp11\n  moniker: rtspu\n  client: {abort: 1}"))
	if err != nil {
		t.Fatal(err)
	}
	seq := Predict(all[0], ClientRow{}, Brisk).Sequences
	if len(seq) != 1 || len(seq[0]) != 2 || !seq[0][0].Cut || seq[0][1].Cut {
		t.Errorf("%+v", seq)
	}
}
