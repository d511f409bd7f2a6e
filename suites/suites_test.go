package suites_test

import (
	"fmt"
	"os"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rollover-conformance/rollover/netns"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func TestMain(m *testing.M) {
	netns.Init()
	inside, code, err := netns.Sandbox(netns.SandboxOptions{})
	switch {
	case err != nil && required():
		fmt.Fprintf(os.Stderr, "suites: %v\n", err)
		os.Exit(1)
	case err != nil:
		fmt.Fprintf(os.Stderr, "suites skipped: %v\n", err)
		os.Exit(0)
	case !inside:
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// required reports whether a missing privilege or program is a failure.
func required() bool {
	return os.Getenv("CI") == "true" || os.Getenv("ROLLOVER_REQUIRE") == "1"
}

// catalogue is read while the tree of specs is built.
var catalogue = func() []rollover.Scenario {
	all, err := rollover.Catalogue()
	if err != nil {
		panic(err)
	}
	return all
}()

func TestSuites(t *testing.T) {
	RegisterFailHandler(Fail)
	config, reporter := GinkgoConfiguration()
	if config.ParallelTotal > 1 {
		t.Fatal("run the suites without ginkgo -p: a campaign plays its trials at once inside one process, and ginkgo's server cannot be reached from the sandbox")
	}
	chosen = selected(PreviewSpecs("rollover", config, reporter))
	RunSpecs(t, "rollover", config, reporter)
}
