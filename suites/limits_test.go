package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("protocols switched off in the client", func() { each("group-e") })
