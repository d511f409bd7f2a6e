package capture

// frame is one recorded frame.
type frame struct {
	at     int64 // nanoseconds since 1970, by the kernel's clock
	length int   // as it passed
	data   []byte
}

// maxFrame is the longest frame kept whole, in bytes: 64 KiB of IP, which is
// what segmentation offload makes, and its Ethernet header.
const maxFrame = 64<<10 + 18

// queue holds the frames of one point until no earlier one can come from
// another. Frames come in order, nearly: the two directions of a link are
// stamped on different processors.
type queue struct {
	frames []frame
	store  []byte // where frames' bytes are kept; when full, another is begun
}

// storeSize is how much memory is asked for at a time.
const storeSize = 1 << 20

// push copies a frame into the queue, to its place by time.
func (q *queue) push(at int64, length int, data []byte) {
	if len(q.store)+len(data) > cap(q.store) {
		q.store = make([]byte, 0, max(storeSize, len(data)))
	}
	begin := len(q.store)
	q.store = append(q.store, data...)
	q.frames = append(q.frames, frame{at: at, length: length, data: q.store[begin:len(q.store):len(q.store)]})
	for i := len(q.frames) - 1; i > 0 && q.frames[i-1].at > q.frames[i].at; i-- {
		q.frames[i-1], q.frames[i] = q.frames[i], q.frames[i-1]
	}
}

// merge hands frames over that are older than the bound, of all queues in the
// order of time, and keeps the rest.
func merge(queues []*queue, before int64, write func(point int, f frame) error) error {
	heads := make([]int, len(queues))
	defer func() {
		for i, q := range queues {
			n := copy(q.frames, q.frames[heads[i]:])
			clear(q.frames[n:])
			q.frames = q.frames[:n]
		}
	}()
	for {
		first := -1
		for i, q := range queues {
			if heads[i] == len(q.frames) || q.frames[heads[i]].at >= before {
				continue
			}
			if first < 0 || q.frames[heads[i]].at < queues[first].frames[heads[first]].at {
				first = i
			}
		}
		if first < 0 {
			return nil
		}
		f := queues[first].frames[heads[first]]
		heads[first]++
		if err := write(first, f); err != nil {
			return err
		}
	}
}

// last is the time of the latest frame; 0 if there is none.
func (q *queue) last() int64 {
	if len(q.frames) == 0 {
		return 0
	}
	return q.frames[len(q.frames)-1].at
}
