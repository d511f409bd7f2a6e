package netns

import (
	"fmt"
	"os"
)

// RequireVar, set to 1, makes tests that need a lab fail instead of skip when
// this machine forbids one; so does CI=true.
const RequireVar = "ROLLOVER_REQUIRE"

// unavailable is why this test binary has no sandbox.
var unavailable error

// RunTests runs a test binary inside a sandbox; TestMain exits with what it
// returns. Where the machine forbids a sandbox, the tests run outside of one,
// those that call NeedLab skip, and where labs are required nothing runs.
func RunTests(m interface{ Run() int }) (exit int) {
	inside, exit, err := Sandbox(SandboxOptions{})
	switch {
	case err != nil && labsRequired():
		fmt.Fprintf(os.Stderr, "labs are required (CI=true or %s=1): %v\n", RequireVar, err)
		return 1
	case err != nil:
		unavailable = err
	case !inside:
		return exit
	}
	return m.Run()
}

func labsRequired() bool { return os.Getenv("CI") == "true" || os.Getenv(RequireVar) == "1" }

// NeedLab skips a test when this machine forbids labs, with the reason.
func NeedLab(t interface {
	Helper()
	Skipf(format string, args ...any)
}) {
	t.Helper()
	switch {
	case unavailable != nil:
		t.Skipf("needs a lab: %v", unavailable)
	case !Inside():
		t.Skipf("needs a lab: TestMain did not call netns.RunTests")
	}
}
