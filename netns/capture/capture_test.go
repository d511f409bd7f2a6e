package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/netns"
)

// modes are the two ways frames reach us.
var modes = map[string]options{
	"queue": {},
	"ring":  {ring: usualRing},
}

func TestEveryPacketOnceAtEachPoint(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, mode)
			f := newFlow(t, b.lab)
			const sent = 2000
			for n := range uint32(sent) {
				f.send(t, n)
			}
			stats, err := b.rec.Stop()
			if err != nil {
				t.Fatal(err)
			}
			packets, interfaces := read(t, b.file)
			if uint64(len(packets)) != stats.Frames || stats.Lost != 0 {
				t.Errorf("file has %d frames, stats say %d and %d lost", len(packets), stats.Frames, stats.Lost)
			}
			seen := [2][sent]int{}
			for i, p := range packets {
				if i > 0 && p.at.Before(packets[i-1].at) {
					t.Fatalf("frame %d is %v before the one that stands before it", i+1, packets[i-1].at.Sub(p.at))
				}
				if p.at.Before(stats.Started.Add(-time.Second)) || p.at.After(stats.Stopped) {
					t.Fatalf("frame %d at %v, outside of the recording (%v to %v)", i+1, p.at, stats.Started, stats.Stopped)
				}
				if n, ours := p.number(); ours {
					seen[p.point][n]++
				}
			}
			for point, numbers := range seen {
				for n, times := range numbers {
					if times != 1 {
						t.Fatalf("datagram %d is %d times at point %d, want once", n, times, point)
					}
				}
			}
			checkInterfaces(t, interfaces, stats)
		})
	}
}

// A datagram is recorded before the server can know of it, so the moment the
// server has it is the latest at which a recorder may be asked to stop.
func TestTheLastPacketIsNeverLost(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 40 {
				b := newBench(t, mode)
				f := newFlow(t, b.lab)
				for n := range uint32(3) {
					f.send(t, n)
				}
				if _, err := b.rec.Stop(); err != nil {
					t.Fatal(err)
				}
				packets, _ := read(t, b.file)
				last := map[int]bool{}
				for _, p := range packets {
					if n, ours := p.number(); ours && n == 2 {
						last[p.point] = true
					}
				}
				if !last[0] || !last[1] {
					t.Fatalf("the last datagram is in the file at points %v of two", last)
				}
			}
		})
	}
}

func TestCanaryIsRecordedAtEveryPoint(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, mode)
			if err := b.rec.Canary(deadline(t, 5*time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := b.rec.Stop(); err != nil {
				t.Fatal(err)
			}
			packets, _ := read(t, b.file)
			var canaries [2]int
			for _, p := range packets {
				if isMark(p.data, CanaryPayload) {
					canaries[p.point]++
				}
				if isMark(p.data, endMark) {
					t.Error("the end mark is in the file")
				}
			}
			if canaries[0] == 0 || canaries[1] == 0 {
				t.Errorf("canaries at the points: %v", canaries)
			}
		})
	}
}

func TestCanaryThatNobodySeesIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, options{})
	b.rec.points[1].index = 1 // it goes out on lo, where nobody listens
	err := b.rec.Canary(deadline(t, 200*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(fmt.Sprint(err), "server-side") {
		t.Errorf("got %v, want a deadline that names server-side", err)
	}
	if strings.Contains(fmt.Sprint(err), "client-side") {
		t.Errorf("got %v, though client-side saw its own", err)
	}
}

func TestCanaryAfterStopIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t, options{})
	b.rec.Stop()
	b.rec.Wait()
	if err := b.rec.Canary(deadline(t, time.Second)); err == nil {
		t.Error("a stopped recording has no canary to see")
	}
}

// What is missing from the file is what Lost says, to the frame.
func TestLostFramesAreCounted(t *testing.T) {
	tiny := map[string]options{
		"queue": {queueBytes: 8 << 10, exact: true},
		"ring":  {ring: ringSize{blockBytes: 4 << 10, blocks: 2, retireMillis: 20}},
	}
	for name, mode := range tiny {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, mode)
			f := newFlow(t, b.lab)
			const sent = 4000
			for n := range uint32(sent) {
				f.send(t, n)
			}
			stats, err := b.rec.Stop()
			if err != nil {
				t.Fatal(err)
			}
			if stats.Lost == 0 {
				t.Fatalf("nothing lost of %d with a queue this small: %+v", sent, stats)
			}
			packets, interfaces := read(t, b.file)
			var there [2]uint64
			for _, p := range packets {
				if _, ours := p.number(); ours {
					there[p.point]++
				}
			}
			// What else may be among the lost: the ring's end mark, and the
			// reports of IPv6 groups that each link's kernel sends by itself,
			// a handful.
			const strangers = 10
			for i, p := range stats.Points {
				if missing := sent - there[i]; p.Lost < missing || p.Lost > missing+strangers {
					t.Errorf("%s: %d datagrams are missing, stats say %d lost", p.Name, missing, p.Lost)
				}
			}
			checkInterfaces(t, interfaces, stats)
		})
	}
}

type brokenDisk struct{ room int }

var errFull = errors.New("no room left")

func (d *brokenDisk) Write(b []byte) (int, error) {
	if d.room -= len(b); d.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestStopTellsThatTheFileIsNotWhole(t *testing.T) {
	t.Parallel()
	netns.NeedLab(t)
	b := newBench(t, options{})
	rec, err := Start(t.Context(), &brokenDisk{room: 1000}, bothSides(b.lab)...)
	if err != nil {
		t.Fatal(err)
	}
	f := newFlow(t, b.lab)
	for n := range uint32(100) {
		f.send(t, n)
	}
	for range 2 {
		if _, err := rec.Stop(); !errors.Is(err, errFull) {
			t.Errorf("got %v, want that the disk is full", err)
		}
	}
	rec.Wait()
}

func TestStartRefusesNonsense(t *testing.T) {
	t.Parallel()
	b := newBench(t, options{})
	points := bothSides(b.lab)
	twins := []Point{points[0], {Name: points[0].Name, Host: points[0].Host, Interface: "server"}}
	for name, points := range map[string][]Point{
		"none":         nil,
		"no name":      {{Host: points[0].Host, Interface: "client"}},
		"no host":      {{Name: "client-side", Interface: "client"}},
		"no interface": {{Name: "client-side", Host: points[0].Host, Interface: "eth7"}},
		"twins":        twins,
	} {
		rec, err := Start(t.Context(), io.Discard, points...)
		if err == nil {
			t.Errorf("%s: no error", name)
			rec.Stop()
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ended, io.Discard, points...); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
}

// A foreign reader sees what we meant to write.
func TestTsharkReadsTheFile(t *testing.T) {
	t.Parallel()
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv(netns.RequireVar) == "1" {
			t.Fatal("tshark is not installed")
		}
		t.Skip("tshark is not installed")
	}
	b := newBench(t, options{})
	f := newFlow(t, b.lab)
	f.send(t, 7)
	if _, err := b.rec.Stop(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tshark, "-r", "-", "-T", "fields",
		"-e", "frame.interface_name", "-e", "ip.src", "-e", "udp.dstport", "-e", "udp.checksum.status",
		"-o", "udp.check_checksum:TRUE", "-Y", "udp")
	cmd.Stdin = bytes.NewReader(b.file.Bytes())
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	want := "client-side\t192.0.2.10\t9000\t1\nserver-side\t192.0.2.10\t9000\t1\n"
	if string(out) != want {
		t.Errorf("tshark reads\n%swant\n%s", out, want)
	}
}
