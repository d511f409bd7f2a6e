package netns

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Check is one thing a lab needs of this machine, tried.
type Check struct {
	Name   string
	Needs  string // what cannot be done without it
	OK     bool
	Detail string // what was found
	Hint   string // what to do when it is not OK; empty: unknown
}

// newCheck makes the check of something tried.
func newCheck(name, needs, detail string, err error) Check {
	c := Check{Name: name, Needs: needs, OK: err == nil, Detail: detail}
	if err != nil {
		c.Detail = err.Error()
		var s *SandboxError
		if errors.As(err, &s) {
			c.Detail, c.Hint = s.Err.Error(), s.Hint
		} else {
			c.Hint = hint("", err)
		}
	}
	return c
}

// checkLab is the first check inside the sandbox.
const checkLab = "lab"

// Checks performs the steps of a trial on this machine, one after the other,
// and says for each whether it works. It changes nothing: all happens in
// namespaces that are gone when it returns. It is called outside of a sandbox.
func Checks(ctx context.Context) []Check {
	checks := namespaceChecks()
	if allOK(checks) {
		checks = append(checks, sandboxChecks(ctx)...)
	}
	return append(checks, receiveBufferCheck(), openFilesCheck(), memoryCheck())
}

func allOK(checks []Check) bool {
	for _, c := range checks {
		if !c.OK {
			return false
		}
	}
	return true
}

// namespaceChecks makes one namespace after the other.
func namespaceChecks() []Check {
	names := map[string]string{StepUser: "user namespace", StepNet: "network namespace", StepMount: "mount namespace", StepPID: "PID namespace"}
	var checks []Check
	for _, n := range namespaceSteps {
		detail := "made one"
		if n.step == StepUser {
			detail = "made one, as an ordinary user"
			if privileged() {
				detail = "not needed: this is root"
			}
		}
		err := tryNamespaces(n.flag)
		if err != nil {
			err = &SandboxError{Step: n.step, Err: err, Hint: hint(n.step, err)}
		}
		checks = append(checks, newCheck(names[n.step], "any trial", detail, err))
	}
	return checks
}

// insideChecks are the steps of the sandbox from inside, as doctor calls them.
var insideChecks = []struct{ step, name, detail string }{
	{StepPrivate, "private mounts", "made"},
	{StepProc, "/proc", "mounted a fresh one"},
	{StepSysctl, "/proc/sys/net", "writable"},
	{StepTemp, "temporary directory", "mounted a private tmpfs"},
	{StepLo, "loopback", "up"},
}

// sandboxChecks makes a sandbox with the probes inside.
func sandboxChecks(ctx context.Context) []Check {
	read, write, err := os.Pipe()
	if err != nil {
		return []Check{newCheck("sandbox", "any trial", "", err)}
	}
	defer read.Close()
	inner, err := startSandbox(ctx, SandboxOptions{}, partProbe, nil, write, os.Stderr)
	write.Close()
	checks := stepChecks(err)
	if err != nil {
		return checks
	}
	lines := bufio.NewScanner(read)
	tried := 0
	for lines.Scan() {
		var c Check
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			c = newCheck("probe", "any trial", "", fmt.Errorf("reading its result: %w", err))
		}
		checks = append(checks, c)
		tried++
	}
	if code, err := inner.wait(); err != nil || code != 0 && allOK(checks) || tried == 0 {
		checks = append(checks, newCheck("probe", "any trial", "", errors.Join(err, fmt.Errorf("it ended with code %d", code))))
	}
	return checks
}

// stepChecks tells from the error of a sandbox how far it got.
func stepChecks(err error) []Check {
	var at *SandboxError
	errors.As(err, &at)
	var checks []Check
	for _, s := range insideChecks {
		if at != nil && at.Step == s.step {
			return append(checks, newCheck(s.name, "any trial", "", err))
		}
		checks = append(checks, newCheck(s.name, "any trial", s.detail, nil))
	}
	if err != nil { // of another step: then none of these is known to work
		return []Check{newCheck("sandbox", "any trial", "", err)}
	}
	return checks
}

// receiveBufferCheck looks at what sockets of an ordinary user may ask for.
// 212,992 bytes is the kernel's default, with which everything is tested.
func receiveBufferCheck() Check {
	const least = 212_992
	c := Check{Name: "receive buffers", Needs: "captures and UDP without loss"}
	n, err := strconv.Atoi(setting("/proc/sys/net/core/rmem_max"))
	switch {
	case err != nil:
		c.Detail = "net.core.rmem_max: " + err.Error()
	case n < least:
		c.Detail = fmt.Sprintf("net.core.rmem_max is %d", n)
		c.Hint = fmt.Sprintf("sysctl -w net.core.rmem_max=%d", 16<<20)
	default:
		c.OK, c.Detail = true, fmt.Sprintf("net.core.rmem_max is %d", n)
	}
	return c
}

// filesPerTrial is a lab's namespaces, its capture's sockets, two fixtures
// with their connections and the files of its folder, with room to spare.
const filesPerTrial = 48

func openFilesCheck() Check {
	c := Check{Name: "open files", Needs: "many trials at once"}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		c.Detail = err.Error()
		return c
	}
	c.OK = limit.Max >= 4*filesPerTrial
	c.Detail = fmt.Sprintf("%d, enough for %d trials at once", limit.Max, limit.Max/filesPerTrial)
	if !c.OK {
		c.Hint = "ulimit -Hn 4096"
	}
	return c
}

func memoryCheck() Check {
	const least = 256 << 10 // KiB
	c := Check{Name: "memory", Needs: "labs take about 1 MiB each"}
	for line := range strings.Lines(setting("/proc/meminfo")) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] != "MemAvailable:" {
			continue
		}
		kib, err := strconv.ParseUint(f[1], 10, 64)
		if err != nil {
			break
		}
		c.OK, c.Detail = kib >= least, fmt.Sprintf("%d MiB available", kib>>10)
		if !c.OK {
			c.Hint = "free some, or use fewer --jobs"
		}
		return c
	}
	c.Detail = "no MemAvailable in /proc/meminfo"
	return c
}
