package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("many clients", func() { each("group-o") })
