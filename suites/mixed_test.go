package suites_test

import . "github.com/onsi/ginkgo/v2"

var _ = Describe("ladders that hold RTSP and MMS both", func() { each("mixed") })
