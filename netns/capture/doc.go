// Package capture records what passes observation points, the gateway's two
// links as a rule, into one pcapng file.
//
//	rec, err := capture.Start(ctx, file,
//		capture.Point{Name: "client-side", Host: gateway, Interface: "client"},
//		capture.Point{Name: "server-side", Host: gateway, Interface: "server"})
//	err = rec.Canary(ctx)
//	… the trial …
//	stats, err := rec.Stop()
//
// Every frame that comes in or goes out at a point is recorded there once,
// with the kernel's time stamp in nanoseconds. Both points share one file in
// the order of time, so a frame's number says what came before. What a point
// saw and the other did not is the firewall's doing.
//
// # Nothing lost unsaid
//
// A [Recording] is live when [Start] returns, keeps all up to the moment
// [Recording.Stop] is called, and counts what the kernel had to drop. The
// count stands in the file (an interface statistics block for each point) and
// in [Stats]. A [Recording.Canary] proves the recording alive before silence
// is taken for an answer.
//
// # How
//
// Each point is a packet socket of ours, opened with protocol 0 and bound
// once: binding again, or for everything at first, costs the kernel's 8 to 15
// ms each. Nothing wakes per packet. The kernel's queue is emptied on a slow
// tick that all recordings of the process share, faster while much comes in,
// and at the end. The queue is ample for the privileged. Without privilege it is
// as long as the system allows, and where that is too short, a ring shared with
// the kernel takes its place.
package capture
