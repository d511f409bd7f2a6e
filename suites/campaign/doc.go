// Package campaign plays many trials at once and leaves one run record.
//
// Time-outs, not work, fill most trials, so a campaign starts as many as the
// machine's descriptors and memory allow, the longest first, each when the
// machine keeps up with those in flight. Every finished trial is one line of
// progress.jsonl before anything else is done with it: a killed run loses only
// the trials in flight. A verdict that nobody wanted is played again once,
// alone, at the end; if it then differs, both are kept and the trial is marked
// unstable. A trial that the machine spoilt, by keeping the
// rig from running, has no verdict yet and is made up for: an overloaded machine
// makes a run slower and changes no verdict.
//
// Nothing here knows a protocol or a rule.
package campaign
