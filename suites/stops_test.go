package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("refusals that end the search", func() { each("group-k") })

var _ = Describe("a client that is started again", func() { each("group-j") })

var _ = Describe("other players' habits", func() { each("habits") })

var _ = Describe("a longer life than one short play", func() { each("life") })
