// Package reports holds the record of a run and its renderings.
//
// A [Run] is data: which tool judged which target, on which machine, and one
// [rollover.Result] for each scenario that was selected. Everything a reader
// sees is a function from that record to a writer: [WriteJSON], [WriteJUnit],
// [WriteHTML], [WriteMarkdown], [WriteAnnotations], [WriteTable]. A report can
// therefore be written again at any time, on any machine, and two renderings of
// a run cannot disagree.
//
// While a run is under way its finished trials go, one line each, into a
// progress log ([Progress]). Each line carries the hash of the line before.
// [Rebuild] turns the log of a killed run into a complete record: what was
// finished is kept, the rest is notRun.
//
// Where to start: [Run] for the record, [Run.Summary] and [Run.ExitCode] for
// what it amounts to. The package opens no file and no socket.
package reports
