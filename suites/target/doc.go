// Package target says who is under test: what a target file declares, what it
// claims to support, and which scenarios that makes applicable.
//
// A [Target] is data, read strictly from YAML ([Load]) or one of the rows that
// are built in ([Embedded]). [Applicable] answers, before anything is built,
// whether a scenario can be played against it, and if not, why. [Target.Expand]
// fills the templates of a command line; starting it is others' work. The
// package opens no file and starts no program.
package target
