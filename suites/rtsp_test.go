package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("the RTSP ladder", func() {
	Context("with everything open", func() { each("rtsp", "group-a") })
	Context("with one leg closed", func() { each("rtsp", "group-b") })
	Context("with the control port closed and HTTP in every state", func() { each("rtsp", "group-c") })
	Context("with a path that is only partly open", func() { each("rtsp", "group-h") })
	Context("behind a firewall that remembers, or translates", func() { each("rtsp", "group-i") })
})
