package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("the modern ladder", func() {
	Context("with everything open", func() { each("modern", "group-a") })
	Context("with one leg closed", func() { each("modern", "group-b") })
	Context("with the RTSP port closed and the tunnel's in every state", func() { each("modern", "group-c") })
	Context("with a path that is only partly open", func() { each("modern", "group-h") })
	Context("behind a firewall that remembers, or translates", func() { each("modern", "group-i") })
})
