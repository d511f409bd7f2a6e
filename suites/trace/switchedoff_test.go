package trace

import (
	"slices"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// TestSwitchedOffAtTheDoorOfAnother: a port where one protocol is switched off
// may be knocked at for the sake of another that is looked for there.
func TestSwitchedOffAtTheDoorOfAnother(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		limits []rollover.Switch
		want   bool
	}{
		{"HTTP is looked for at 80, where RTSP is", []rollover.Switch{rollover.SwitchUDP, rollover.SwitchTCP}, false},
		{"both are off", []rollover.Switch{rollover.SwitchUDP, rollover.SwitchTCP, rollover.SwitchHTTP}, true},
	} {
		f := newFilm(t)
		f.knock(80, 3, near)
		s, setup := testScenario(), testSetup()
		s.Limits = c.limits
		setup.Ports = map[rollover.Service]uint16{rollover.ServiceRTSP: 80, rollover.ServiceHTTP: 8080}
		got := slices.ContainsFunc(f.read(s, setup).Facts, func(f rollover.Fact) bool { return f.Kind == rollover.FactSwitchedOff })
		if got != c.want {
			t.Errorf("%s: seen as switched off: %v", c.name, got)
		}
	}
}
