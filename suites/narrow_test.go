package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("a server with one protocol and no HTTP", func() { each("narrow") })
