// Package campaign plays many trials at once and leaves one run record.
//
// Time-outs, not work, fill most trials, so a campaign starts as many as the
// machine's descriptors and memory allow, the longest first. Every finished
// trial is one line of progress.jsonl before anything else is done with it: a
// killed run loses only the trials in flight. A verdict that nobody wanted is
// played again once, alone, at the end; if it then differs, both are kept and
// the trial is marked unstable.
//
// Nothing here knows a protocol or a rule.
package campaign
