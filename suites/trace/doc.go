// Package trace reads a trial's capture: frames in, attempts out.
//
// [Read] is a pipeline of values. The capture file becomes frames, each with
// its number, its time and the observation point that saw it; frames become
// TCP connections and UDP datagrams, the two sights of a connection (client
// side and server side of the gateway) joined in one value; the protocols'
// dissectors turn connections into messages; and the timeline of messages is
// cut into attempts, each with an outcome (architecture.md, "Outcomes, and how
// each looks on the wire"). Beside them stand facts: what a requirement
// forbids or wants explained, named and counted, judged elsewhere.
//
// What is seen at one point and not at the other is what the gateway did; so
// nothing here asks the firewall's rules, and nothing believes what a program
// said of itself.
//
// A capture is somebody else's bytes. Whatever is wrong with it ends in
// [rollover.Health], never in a panic.
//
// To add a protocol: one row in dissectors.go.
package trace
