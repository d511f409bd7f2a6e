// Package selftest proves that the suites catch what is wrong.
//
// The plan (plan.yaml) names for every fault of the reference sides the
// scenarios that must catch it. [Run] plants each in its scenarios, plays them
// and asks of the verdicts what a vendor would: does one say fail, name the
// right party and a requirement that the fault breaks, and cite the frames that
// show it? Then the fault is killed; else it survived, and the suites have a
// hole. Beside them stand the faults of the rig itself: whatever breaks in the
// laboratory must end as an error, and must convict nobody.
//
// A scenario of the plan is one of the catalogue, or one of this package's own
// (scenarios.yaml) for what no vendor needs to be asked. Without the fault each
// of them passes: that is the control that makes a kill mean something.
//
// A fault that no scenario can show yet is not planted, and the table says what
// it waits for.
package selftest
