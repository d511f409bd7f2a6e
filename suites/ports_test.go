package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("a port in a general URL", func() { each("group-g") })
