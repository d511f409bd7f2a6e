package netns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"golang.org/x/sys/unix"
)

// play runs one of the toy programs that the tests start: the sandbox's own
// process, seen from outside, and a server under test.
func play(toy string) int {
	toys := map[string]func() int{
		"exit":    func() int { return 7 },
		"signals": toySignals,
		"orphan":  toyOrphan,
		"victim":  toyVictim,
		"shell":   toyShell,
		"file":    toyFile,
		"limited": toyLimited,

		"borrower": toyBorrower,
	}
	if toy == "server" { // the one that is no sandbox
		return toyServer()
	}
	var o SandboxOptions
	if path := os.Getenv(toyHome); path != "" {
		home, err := OpenForeign(path)
		if err != nil && !Inside() {
			fmt.Println(err)
			return 97
		}
		if err == nil {
			o.Foreign = []*Foreign{home}
		}
	}
	inside, exit, err := Sandbox(o)
	switch {
	case err != nil:
		fmt.Println("sandbox:", err)
		return 98
	case !inside:
		return exit
	}
	return toys[toy]()
}

// toySignals says what signals it gets, and ends with SIGTERM.
func toySignals() int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP)
	fmt.Println("ready")
	for s := range signals {
		fmt.Println(s)
		if s == unix.SIGTERM {
			return 3
		}
	}
	return 0
}

// toyOrphan leaves a process behind.
func toyOrphan() int {
	cmd := exec.Command("sleep", "1000.25")
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// toyHome names the namespace that a toy borrows a card from.
const toyHome = "NETNS_TOY_HOME"

// toyBorrower takes a card out of a namespace that only the process outside of
// the sandbox can find, and waits to be killed.
func toyBorrower() int {
	home := Inherited(os.Getenv(toyHome))
	if home == nil {
		fmt.Println("nothing was handed on")
		return 1
	}
	if _, err := OpenWire(context.Background(), home, cardName, machineAddrs...); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready ")
	select {}
}

// toyVictim has a lab with a program that forks in it, and waits to be killed.
func toyVictim() int {
	lab, err := Build(context.Background(), Routed(Options{}))
	if err == nil {
		_, err = lab.Host(Server).Start(context.Background(), Program{
			Argv: []string{"sh", "-c", "setsid sleep 1000.5 & sleep 1000.5"},
		})
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("ready")
	select {}
}

// toyShell gives the terminal to a shell in a host.
func toyShell() int {
	lab, err := Build(context.Background(), Routed(Options{}))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer lab.Close()
	c := lab.Host(Gateway).Command(context.Background(), "sh", "-i")
	c.Cmd.Stdin, c.Cmd.Stdout, c.Cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := c.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	_ = c.Cmd.Wait()
	return c.Cmd.ProcessState.ExitCode()
}

// toyFile writes a file into the working directory.
func toyFile() int {
	if err := os.WriteFile("written", []byte(os.Getenv("TMPDIR")), 0o644); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// toyServer is a program under test: it listens on ports below 1024 and
// answers one connection with what it knows of itself.
func toyServer() int {
	l, err := net.Listen("tcp", ":554")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	p, err := net.ListenPacket("udp", ":5004")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer p.Close()
	c, err := l.Accept()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for line := range strings.Lines(string(status)) {
		fmt.Fprint(c, line)
	}
	c.Close()
	return 0
}

// toyLimited forbids network namespaces and reports what a sandbox says then.
// The limit is that of the sandbox's own user namespace.
func toyLimited() int {
	if err := os.WriteFile("/proc/sys/user/max_net_namespaces", []byte("0\n"), 0); err != nil {
		fmt.Println(err)
		return 1
	}
	return reportForbidden()
}

// reportForbidden tries a second sandbox inside the first.
func reportForbidden() int {
	null, err := os.Open(os.DevNull)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	_, err = startSandbox(context.Background(), SandboxOptions{}, partNothing, null, os.Stdout, os.Stderr)
	var s *SandboxError
	if !errors.As(err, &s) {
		fmt.Println("no SandboxError:", err)
		return 1
	}
	fmt.Printf("step: %s\nhint: %s\nerror: %v\n", s.Step, s.Hint, err)
	for _, c := range Checks(context.Background()) {
		fmt.Printf("%s: %v\n", c.Name, c.OK)
	}
	return 0
}
