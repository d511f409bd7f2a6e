package capture

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Whatever is pushed, in whatever order and however often it is written in
// between, comes out once, whole, and in the order of time as far as the
// bounds were kept.
func TestMergeKeepsAllInOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		queues := []*queue{{}, {}, {}}
		var pushed, got []string
		last := int64(math.MinInt64)
		write := func(point int, f frame) error {
			if f.at < last {
				t.Fatalf("seed %d: frame of %d after one of %d", seed, f.at, last)
			}
			last = f.at
			got = append(got, fmt.Sprint(point, f.at, f.length, string(f.data)))
			return nil
		}
		bound := int64(0)
		for range 20 {
			for range random.IntN(60) {
				point, at := random.IntN(len(queues)), bound+random.Int64N(1000)
				data := bytes.Repeat([]byte{byte(random.Uint32())}, random.IntN(3000))
				queues[point].push(at, len(data)+1, data)
				pushed = append(pushed, fmt.Sprint(point, at, len(data)+1, string(data)))
				clear(data) // the reader's buffer is used again
			}
			bound += random.Int64N(500)
			if err := merge(queues, bound, write); err != nil {
				t.Fatal(err)
			}
		}
		if err := merge(queues, math.MaxInt64, write); err != nil {
			t.Fatal(err)
		}
		slices.Sort(pushed)
		slices.Sort(got)
		if !slices.Equal(pushed, got) {
			t.Fatalf("seed %d: %d frames out of %d", seed, len(got), len(pushed))
		}
	}
}

func TestMergeStopsBeforeTheBound(t *testing.T) {
	t.Parallel()
	q := &queue{}
	for _, at := range []int64{30, 10, 20, 40} {
		q.push(at, 0, nil)
	}
	var written []int64
	err := merge([]*queue{q}, 30, func(_ int, f frame) error { written = append(written, f.at); return nil })
	if err != nil || !slices.Equal(written, []int64{10, 20}) || q.last() != 40 || len(q.frames) != 2 {
		t.Errorf("wrote %v, kept %d up to %d (%v)", written, len(q.frames), q.last(), err)
	}
}

func TestMarksAreToldApart(t *testing.T) {
	t.Parallel()
	if !isMark(mark(CanaryPayload), CanaryPayload) || isMark(mark(endMark), CanaryPayload) {
		t.Error("a canary is one, an end mark is none")
	}
	stranger := mark(CanaryPayload)
	stranger[12] = 0x08
	for n := range len(stranger) {
		if isMark(stranger[:n], CanaryPayload) || isMark(mark(CanaryPayload)[:n], CanaryPayload) {
			t.Errorf("%d bytes pass for a canary", n)
		}
	}
}
