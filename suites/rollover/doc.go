// Package rollover is the model: what a player may try, what must become of
// it, what was seen, and what to make of the difference.
//
// A [Scenario] is data: a URL moniker, what the client may use, what the
// server offers, what the path lets through. [Predict], the oracle, says
// which sequences of rungs a conforming pair walks and why each rung ends. A
// [Trace] is what a capture shows: [Attempt]s, in order, each with its
// [Outcome], and [Fact]s beside them. [Judge] compares the two and gives a
// [Verdict] whose findings cite frames.
//
// Everything here is a function from values to values. The package opens no
// socket, starts no process and knows no namespace, so any verdict can be
// judged again, on any machine, from the folder a trial left.
//
// Where to start: [Rung] and [Ladder] for the words, [Predict] for the rules,
// [Judge] for the verdicts. The catalogue of scenarios lies in scenarios/ and
// is read by [Catalogue].
package rollover
