// Package suites holds the conformance suites themselves, one file for each
// theme: thin ginkgo tests over the campaign, with one line per assertion.
//
// Which scenarios run is decided before the first is played (ginkgo's own
// preview, so that -ginkgo.focus and -ginkgo.label-filter work); they are then
// played at once as one campaign, and each spec waits for its own result.
// Logic that deserves a test does not live here.
package suites
