package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// faults are servers that fail, for a campaign beside one that passes.
const faults = `
- {id: bad/silent-one, dialect: wmp11, moniker: rtspu, faults: [E-01]}
- {id: bad/silent-too, dialect: wmp11, moniker: rtsp, faults: [E-01]}
`

// TestTwoCampaignsAtOnce runs two campaigns side by side, one as root and one
// as an ordinary user where both can be: with the same addresses, the same
// ports and the same scenarios in both, each sees its own packets and nothing
// else.
func TestTwoCampaignsAtOnce(t *testing.T) {
	needLab(t)
	t.Parallel()
	good, bad := newProgram(t, false), newProgram(t, true)
	if err := os.WriteFile(filepath.Join(bad.home, "faults.yaml"), []byte(faults), 0o644); err != nil {
		t.Fatal(err)
	}
	one := good.start(t, "run", "--out", "run", "rtsp/open/*", "rtsp/no-udp", "ipv6/rtsp/open/*")
	other := bad.start(t, "run", "--out", "run", "faults.yaml", "rtsp/open/*", "rtsp/no-udp", "ipv6/rtsp/open/*")
	if code := one.exit(t); code != exitPass {
		t.Errorf("exit code %d of the one that passes\n%s", code, one.out.String())
	}
	if code := other.exit(t); code != exitFail {
		t.Errorf("exit code %d of the one that fails\n%s", code, other.out.String())
	}
	alike := map[string]rollover.Result{}
	for _, r := range record(t, filepath.Join(good.home, "run")).Results {
		alike[r.ID] = r
	}
	failed := 0
	for _, r := range record(t, filepath.Join(bad.home, "run")).Results {
		beside, both := alike[r.ID]
		switch {
		case both && (r.Verdict != beside.Verdict || r.Observed != beside.Observed || r.Unstable):
			t.Errorf("%s: %s, %s; in the other campaign %s, %s", r.ID, r.Verdict, r.Observed, beside.Verdict, beside.Observed)
		case both && r.Setup.Capture == beside.Setup.Capture:
			t.Errorf("%s: one capture for both", r.ID)
		case !both && r.Verdict == rollover.Fail:
			failed++
		}
	}
	if failed != 2 {
		t.Errorf("%d of 2 faulty servers failed", failed)
	}
}
