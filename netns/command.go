package netns

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// Command is a command in a host that belongs to the person at the terminal,
// such as a shell: it is what this process is, root of the sandbox, and has
// what streams Cmd is given. For a program under test there is Start.
type Command struct {
	Cmd  *exec.Cmd
	host *Host
}

// Command prepares a command; set Cmd's streams before running it. The context
// kills it when it ends.
func (h *Host) Command(ctx context.Context, name string, arg ...string) *Command {
	return &Command{Cmd: exec.CommandContext(ctx, name, arg...), host: h}
}

// Start starts the command inside the host. Cmd.Wait waits for it.
func (c *Command) Start() error { return c.host.Do(c.Cmd.Start) }

// Run starts the command and waits for its end; an exit code other than 0 is
// an [*exec.ExitError].
//
// A command whose input is our terminal has it to itself: keys such as Ctrl-C
// reach the command, not us.
func (c *Command) Run() error {
	if in, ok := c.Cmd.Stdin.(*os.File); ok {
		if c.Cmd.SysProcAttr == nil {
			c.Cmd.SysProcAttr = &syscall.SysProcAttr{}
		}
		defer foreground(in, c.Cmd.SysProcAttr).restore()
	}
	if err := c.Start(); err != nil {
		return err
	}
	return c.Cmd.Wait()
}
