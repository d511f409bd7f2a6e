package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("a moniker that names one rung", func() { each("group-f") })
