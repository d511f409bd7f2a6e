package trace

import (
	"slices"
	"testing"

	"github.com/rollover-conformance/rollover/fixtures/rtsp"
	"github.com/rollover-conformance/rollover/netns/firewall"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// attemptCase is a capture with what is to be read in it.
type attemptCase struct {
	name    string
	play    func(f *film)
	dialect rollover.Dialect
	moniker string
	port    uint16
	profile firewall.Profile
	setup   func(*rollover.Setup)
	want    string
	by      rollover.Party // who decided the first attempt
	status  int
	clean   bool // it shows no fact
}

// Every outcome, on every kind of connection, as the two points show it.
func TestAttempts(t *testing.T) {
	t.Parallel()
	tests := slices.Concat(negotiationCases, rtspEdgeCases, pathCases, webCases, webEdgeCases)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			s := testScenario()
			if test.dialect != "" {
				s.Dialect = test.dialect
			}
			if test.moniker != "" {
				s.Moniker = test.moniker
			}
			s.Port, s.Profile = test.port, test.profile
			setup := testSetup()
			if test.setup != nil {
				test.setup(&setup)
			}
			got := f.read(s, setup)
			if text := rollover.Observed(got); text != test.want {
				t.Fatalf("observed %s, want %s\n%+v", text, test.want, got.Attempts)
			}
			if len(got.Health.Problems) > 0 || !got.Health.Canary || got.Health.Lost != 0 {
				t.Errorf("health: %+v", got.Health)
			}
			for i, a := range got.Attempts {
				if len(a.Frames) == 0 || a.Why == "" || len(a.Messages) == 0 {
					t.Errorf("attempt %d says too little: %+v", i, a)
				}
			}
			if test.clean && len(got.Facts) > 0 {
				t.Errorf("facts: %+v", got.Facts)
			}
			if len(got.Attempts) > 0 && (got.Attempts[0].EndedBy != test.by || got.Attempts[0].Status != test.status) {
				t.Errorf("ended by %q with %d, want %q with %d (%s)", got.Attempts[0].EndedBy, got.Attempts[0].Status, test.by, test.status, got.Attempts[0].Why)
			}
		})
	}
}

func foreignRTP() []byte {
	packet := testClip.Packet(3)
	packet[400] ^= 1
	p := rtsp.Packetizer{SSRC: mediaSSRC, PayloadType: 96}
	return p.Packets(packet, 3, testClip.SendTime(3))[0]
}
