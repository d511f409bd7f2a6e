package capture

import "time"

// Stats tells what a recording holds and what it lost.
type Stats struct {
	Frames  uint64 // in the file, canaries included
	Lost    uint64 // dropped by the kernel because nobody made room in time
	Points  []PointStats
	Started time.Time // when the recording went live
	Stopped time.Time // when the last frame had been taken
}

// PointStats tells the same of one observation point.
type PointStats struct {
	Name   string
	Frames uint64
	Bytes  uint64 // of the frames as they passed
	Lost   uint64
}
