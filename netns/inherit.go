package netns

import (
	"os"

	"golang.org/x/sys/unix"
)

// The descriptors of the main process in a sandbox, beside the standard three:
// the socket of PID 1, and then the namespaces that were handed on.
const (
	keeperFD      = 3
	inheritedFD   = 4
	initForeignFD = reportFD + 1 // in PID 1 they come after the pipes
)

// Inherited is the namespace of that name that the process outside the sandbox
// handed on; nil: none.
func Inherited(name string) *Foreign {
	for _, f := range sandbox.foreign {
		if f.name == name {
			return f
		}
	}
	return nil
}

func names(foreign []*Foreign) []string {
	var out []string
	for _, f := range foreign {
		out = append(out, f.name)
	}
	return out
}

// files are the descriptors that PID 1 starts the main process with.
func (r role) files(k *keeper) []uintptr {
	files := []uintptr{0, 1, 2, k.mains.Fd()}
	for i := range r.Foreign {
		files = append(files, uintptr(initForeignFD+i))
	}
	return files
}

// inherit takes over what PID 1 started the main process with. No child of its
// own shall have it.
func (r role) inherit() {
	unix.CloseOnExec(keeperFD)
	sandbox.keeper = os.NewFile(keeperFD, "keeper")
	for i, name := range r.Foreign {
		unix.CloseOnExec(inheritedFD + i)
		sandbox.foreign = append(sandbox.foreign, &Foreign{name: name, ns: os.NewFile(uintptr(inheritedFD+i), name)})
	}
}
