package suites_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/rollover-conformance/rollover/fixtures/asf"
	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/campaign"
	"github.com/rollover-conformance/rollover/suites/target"
)

// A server in another language, as a stranger would write it, and the same in a
// namespace that somebody made by hand: neither takes more than a target file.
var _ = Describe("servers that were never seen here", Ordered, func() {
	scenarios := scenariosIn("testdata/own.yaml")
	var dir string
	BeforeAll(func() {
		installed("/usr/bin/python3")
		var err error
		dir, err = os.MkdirTemp("", "own-")
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(os.RemoveAll, dir)
		Expect(os.Chmod(dir, 0o755)).To(Succeed()) // a program under test is an ordinary user's
		Expect(os.CopyFS(dir, os.DirFS("testdata/targets"))).To(Succeed())
	})
	for _, t := range []struct {
		name string
		load func() target.Target
	}{
		{"a program", func() target.Target { return ownTarget(dir, "wmsp.yaml") }},
		{"a container", func() target.Target { return containedTarget(dir) }},
	} {
		run := sync.OnceValues(func() (reports.Run, error) {
			return played(context.Background(), t.load(), wanted(scenarios))
		})
		Context(t.name, func() {
			for _, s := range scenarios {
				It(s.ID, Label(s.AllLabels()...), func(SpecContext) {
					run, err := run()
					Expect(err).NotTo(HaveOccurred())
					Expect(find(run, s.ID)).To(Pass())
				})
			}
		})
	}
})

// ownTarget reads a target file of the folder, which is short.
func ownTarget(dir, name string) target.Target {
	GinkgoHelper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	Expect(err).NotTo(HaveOccurred())
	Expect(strings.Count(string(data), "\n")).To(BeNumerically("<", 15), name+" is long")
	t, err := target.Load(name, data)
	Expect(err).NotTo(HaveOccurred())
	t.Dir = dir
	return t
}

// containedTarget starts the server in a network namespace of its own, and names
// the process.
func containedTarget(dir string) target.Target {
	GinkgoHelper()
	clip := filepath.Join(dir, "clip.asf")
	Expect(os.WriteFile(clip, asf.NewClip(campaign.ClipDuration).File(), 0o644)).To(Succeed())
	box := exec.Command("unshare", "--net", "--fork", "--kill-child", "/usr/bin/python3", filepath.Join(dir, "wmsp.py"), clip, "80")
	Expect(box.Start()).To(Succeed())
	DeferCleanup(func() {
		box.Process.Kill() //nolint:errcheck // it may have ended
		box.Wait()         //nolint:errcheck // killed
	})
	path := filepath.Join("/proc", strconv.Itoa(box.Process.Pid), "ns/net")
	own, err := os.Readlink("/proc/self/ns/net")
	Expect(err).NotTo(HaveOccurred())
	Eventually(func() (string, error) { return os.Readlink(path) }).WithTimeout(10 * time.Second).ShouldNot(Equal(own))
	t := ownTarget(dir, "contained.yaml")
	t.Attach.PID = box.Process.Pid
	return t
}
