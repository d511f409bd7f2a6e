// Package netns builds labs: disposable networks of a few hosts inside Linux
// network namespaces, with what is needed to live in them.
//
//	lab, err := netns.Build(ctx, netns.Routed(netns.Options{}))
//	defer lab.Close()
//	l, err := lab.Host("server").Listen(ctx, "tcp", "198.51.100.10:554")
//	c, err := lab.Host("client").DialContext(ctx, "tcp", "198.51.100.10:554")
//
// # Words
//
// A [Topology] is the plan, a [Lab] the running network, a [Host] one network
// namespace in it. [Routed] is the usual plan: client, gateway, server, with
// IPv4 and IPv6. A host opens sockets that are born inside it and used
// anywhere ([Host.DialContext], [Host.Listen], [Host.ListenPacket]), loads a
// firewall profile, counts what its rules did, and runs other people's
// programs ([Host.Start]).
//
// # The sandbox
//
// Labs belong inside a [Sandbox]: the process re-executes itself once into
// fresh network, mount and PID namespaces. No setting of the machine is ever
// changed, an ordinary user needs no privilege, and killing the process with
// any signal leaves nothing behind. main calls [Sandbox] (or at least [Init])
// before anything else; a test binary does it in TestMain with [RunTests].
//
// # Hosts that are not the lab's
//
// One host of a lab may be in a [Foreign] namespace, that of a container or of
// a process which runs already, or a machine behind a network card
// ([OpenWire]). The lab's link leads there for as long as the lab exists, and
// nothing remains of it. Both take root. What is to be found by a path or a
// process number of the machine's is opened before the sandbox is entered, and
// handed on ([SandboxOptions.Foreign]).
//
// # Disposable
//
// A lab is never reset and never shared. Its namespaces have no name: they are
// held by descriptors, and closing those is the whole teardown. No link
// between them is ever deleted, because the kernel waits some 36 ms for each.
//
// # Traps
//
// A goroutine started inside [Host.Do] is elsewhere: the namespace belongs to
// a thread. /proc/net shows the namespace of the main thread, use
// /proc/thread-self/net. Nothing here takes a host name where a resolver would
// have to run: addresses are literal, names go through [Host.Resolve].
package netns
