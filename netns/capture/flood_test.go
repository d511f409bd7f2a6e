package capture

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/fixtures/hostile"
)

// What a flood may cost a recording: in the file the frames that are allowed, and
// what each of them needs beside its bytes; in memory what is taken from each
// point at a time, twice over.
const (
	floodMost = 4 << 20
	floodFile = floodMost + floodMost/8 + fileBuffer
	floodHeap = 4 * passFrames * 1514
)

// TestFloodIsNotRecordedForEver: a peer that sends as much as it can fills
// neither disk nor memory, and nobody takes the recording for whole.
func TestFloodIsNotRecordedForEver(t *testing.T) {
	file := bytes.NewBuffer(make([]byte, 0, 2*floodFile)) // its memory is the test's
	b := newBenchInto(t, file, options{most: floodMost})
	f := newFlow(t, b.lab)
	datagram := hostile.Noise(3, 1400)
	var stopped error
	spent := hostile.Measure(func() {
		for range 4 * floodMost / len(datagram) {
			if _, err := f.client.Write(datagram); err != nil {
				t.Fatal(err)
			}
		}
		_, stopped = b.rec.Stop()
	})
	spent.Check(t, "a flood", hostile.Bounds{Heap: floodHeap})
	if stopped == nil || !strings.Contains(stopped.Error(), "more than 4194304 bytes") {
		t.Errorf("stopping: %v", stopped)
	}
	if n := b.file.Len(); n > floodFile || n < floodMost/2 {
		t.Errorf("the file has %d bytes", n)
	}
}
