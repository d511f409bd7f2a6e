package netns

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// stranger is an ordinary user's id that no machine's table has.
const stranger = 54321

// rootlessVar marks the second run, so that it does not start a third.
const rootlessVar = "NETNS_ROOTLESS"

// asStranger makes a process an ordinary user's, without privilege over our
// namespaces.
func asStranger() *syscall.SysProcAttr {
	if ownsMachineIDs() {
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
	}
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: stranger, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: stranger, HostID: os.Getegid(), Size: 1}},
	}
}

// TestAsOrdinaryUser runs the tests of this package once more as a user
// without any privilege, whose sandbox needs a user namespace. Run by such a
// user, the first run is that one.
func TestAsOrdinaryUser(t *testing.T) {
	needLab(t)
	if os.Getenv(rootlessVar) != "" || !ownsMachineIDs() {
		t.Skip("this is the run as an ordinary user")
	}
	cmd := exec.Command(selfExe, "-test.short", "-test.v", "-test.timeout=120s", "-test.skip=TestKernelDoes")
	cmd.Dir = "/" // the source may lie where the user may not look
	cmd.Env = override(os.Environ(), rootlessVar+"=1", RequireVar+"=1", "HOME=/", "TMPDIR=/tmp")
	cmd.SysProcAttr = asStranger()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("as user %d: %v", stranger, err)
	}
	if n := strings.Count(string(out), "--- PASS: "); n < 25 {
		t.Errorf("only %d tests passed", n)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "--- SKIP") && !strings.Contains(line, "TestAsOrdinaryUser") {
			t.Errorf("skipped: %s", line)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
