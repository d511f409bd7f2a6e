package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("a server that offers less", func() { each("group-d") })
