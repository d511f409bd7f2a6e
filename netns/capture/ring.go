package capture

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ringSource reads a TPACKET_V3 ring: blocks of memory shared with the kernel,
// which fills one after the other and hands each over when it is full or old.
// It needs no privilege to be large.
type ringSource struct {
	fd     int
	size   ringSize
	memory []byte
	next   int // the block that is handed over next
}

// ringSize is how a ring is cut. A block holds the longest frame, and is
// handed over after retireMillis at the latest.
type ringSize struct {
	blockBytes, blocks, retireMillis int
}

// usualRing is 16 MiB. Unlike a queue's, its memory is taken at once, for each
// point of each recording; it holds what comes at 100,000 large frames a second
// while nobody looks for 100 ms.
var usualRing = ringSize{blockBytes: 256 << 10, blocks: 64, retireMillis: 20}

// ringFrame is what the kernel wants told of the smallest slot; blocks of
// version 3 hold frames of any length.
const ringFrame = 2048

func newRingSource(fd int, size ringSize) (*ringSource, error) {
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return nil, fmt.Errorf("asking for a ring: %w", os.NewSyscallError("setsockopt", err))
	}
	request := unix.TpacketReq3{
		Block_size: uint32(size.blockBytes), Block_nr: uint32(size.blocks),
		Frame_size: ringFrame, Frame_nr: uint32(size.blockBytes / ringFrame * size.blocks),
		Retire_blk_tov: uint32(size.retireMillis),
	}
	if err := unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &request); err != nil {
		return nil, fmt.Errorf("making a ring of %d blocks: %w", size.blocks, os.NewSyscallError("setsockopt", err))
	}
	memory, err := unix.Mmap(fd, 0, size.blockBytes*size.blocks, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mapping the ring: %w", os.NewSyscallError("mmap", err))
	}
	return &ringSource{fd: fd, size: size, memory: memory}, nil
}

// status is the word by which a block changes hands.
func status(block []byte) *uint32 { return &header(block).Block_status }

func header(block []byte) *unix.TpacketHdrV1 {
	return (*unix.TpacketHdrV1)(unsafe.Pointer(&block[unsafe.Offsetof(unix.TpacketBlockDesc{}.Hdr)]))
}

func (s *ringSource) block() []byte {
	return s.memory[s.next*s.size.blockBytes : (s.next+1)*s.size.blockBytes]
}

func (s *ringSource) drain(limit int, take func(at int64, length int, data []byte)) (empty bool, err error) {
	for taken := 0; taken < limit; {
		block := s.block()
		if atomic.LoadUint32(status(block))&unix.TP_STATUS_USER == 0 {
			return true, nil
		}
		taken += readBlock(block, take)
		atomic.StoreUint32(status(block), unix.TP_STATUS_KERNEL)
		s.next = (s.next + 1) % s.size.blocks
	}
	return false, nil
}

func readBlock(block []byte, take func(at int64, length int, data []byte)) int {
	frames := int(header(block).Num_pkts)
	at := header(block).Offset_to_first_pkt
	for range frames {
		f := (*unix.Tpacket3Hdr)(unsafe.Pointer(&block[at]))
		begin := at + uint32(f.Mac)
		take(int64(f.Sec)*1e9+int64(f.Nsec), int(f.Len), block[begin:begin+f.Snaplen])
		at += f.Next_offset
	}
	return frames
}

func (s *ringSource) lost() (uint64, error) {
	stats, err := unix.GetsockoptTpacketStatsV3(s.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return 0, os.NewSyscallError("getsockopt", err)
	}
	return uint64(stats.Drops), nil
}

func (s *ringSource) hurry() float64 { return 1 }

func (s *ringSource) close() error {
	return errors.Join(
		os.NewSyscallError("munmap", unix.Munmap(s.memory)),
		os.NewSyscallError("close", unix.Close(s.fd)))
}
