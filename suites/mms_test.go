package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("the MMS ladder", func() {
	Context("with everything open", func() { each("mms", "group-a") })
	Context("with one leg closed", func() { each("mms", "group-b") })
	Context("with the control port closed and HTTP in every state", func() { each("mms", "group-c") })
	Context("with a path that is only partly open", func() { each("mms", "group-h") })
	Context("behind a firewall that remembers, or translates", func() { each("mms", "group-i") })
})
