package selftest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// damaged is the folder of a trial, on its way to be spoilt.
type damaged struct{ dir string }

func (f damaged) path(name string) string { return filepath.Join(f.dir, name) }

func (f damaged) remove(name string) error { return os.Remove(f.path(name)) }

// truncate cuts a file in the middle of its last half.
func (f damaged) truncate(name string) error {
	info, err := os.Stat(f.path(name))
	if err != nil {
		return err
	}
	return os.Truncate(f.path(name), info.Size()*3/4+1)
}

// setup changes setup.json.
func (f damaged) setup(change func(*rollover.Setup)) error {
	e, err := evidence.Read(f.dir)
	if err != nil {
		return err
	}
	change(&e.Setup)
	data, err := json.MarshalIndent(e.Setup, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(f.path(evidence.SetupFile), data, 0o644)
}

// otherClip lets the setup speak of a clip that was not played.
func (f damaged) otherClip() error {
	return f.setup(func(s *rollover.Setup) { s.Clip.Duration += time.Second })
}

// swapCapture puts a capture in place of the trial's that differs in nothing
// but one stamp: as that of the same scenario, played again.
func (f damaged) swapCapture() error {
	return f.blocks(func(blocks []block) ([]block, error) {
		for _, b := range blocks {
			if b.kind() == blockPacket {
				b.setStamp(b.stamp() + 1)
				return blocks, nil
			}
		}
		return nil, errors.New("no frame in the capture")
	})
}

// recorder changes the capture as a recorder in trouble would have written it:
// what the trial knows of the file stays true.
func (f damaged) recorder(change func([]block) ([]block, error)) error {
	if err := f.blocks(change); err != nil {
		return err
	}
	data, err := os.ReadFile(f.path(evidence.CaptureFile))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	return f.setup(func(s *rollover.Setup) { s.Capture = hex.EncodeToString(sum[:]) })
}

func (f damaged) blocks(change func([]block) ([]block, error)) error {
	data, err := os.ReadFile(f.path(evidence.CaptureFile))
	if err != nil {
		return err
	}
	blocks, err := cut(data)
	if err != nil {
		return err
	}
	if blocks, err = change(blocks); err != nil {
		return err
	}
	var out []byte
	for _, b := range blocks {
		out = append(out, b...)
	}
	return os.WriteFile(f.path(evidence.CaptureFile), out, 0o644)
}

// block is one block of a pcapng file of ours: little-endian, stamps in
// nanoseconds.
//
//	enhanced packet:   type 6, length, interface, stamp high, stamp low, …
//	statistics:        type 5, length, interface, stamp high, stamp low, options
type block []byte

const (
	blockStatistics = 5
	blockPacket     = 6
	optionEnd       = 0
	optionDropped   = 5 // isb_ifdrop, 8 bytes
)

func cut(data []byte) ([]block, error) {
	var out []block
	for len(data) > 0 {
		if len(data) < 12 {
			return nil, errors.New("the capture ends inside a block")
		}
		n := binary.LittleEndian.Uint32(data[4:])
		if n < 12 || int(n) > len(data) {
			return nil, fmt.Errorf("a block of %d bytes in the capture", n)
		}
		out, data = append(out, block(data[:n:n])), data[n:]
	}
	return out, nil
}

func (b block) kind() uint32 { return binary.LittleEndian.Uint32(b) }

func (b block) stamp() uint64 {
	return uint64(binary.LittleEndian.Uint32(b[12:]))<<32 | uint64(binary.LittleEndian.Uint32(b[16:]))
}

func (b block) setStamp(v uint64) {
	binary.LittleEndian.PutUint32(b[12:], uint32(v>>32))
	binary.LittleEndian.PutUint32(b[16:], uint32(v))
}

// loseFrames lets the statistics tell of frames that were dropped.
func loseFrames(blocks []block) ([]block, error) {
	for _, b := range blocks {
		if b.kind() != blockStatistics {
			continue
		}
		for at := 20; at+4 <= len(b)-4; {
			code, n := binary.LittleEndian.Uint16(b[at:]), int(binary.LittleEndian.Uint16(b[at+2:]))
			if code == optionEnd {
				break
			}
			if code == optionDropped {
				binary.LittleEndian.PutUint64(b[at+4:], 17)
				return blocks, nil
			}
			at += 4 + (n+3)/4*4
		}
	}
	return nil, errors.New("no drop count in the capture")
}

// beginLate leaves out the first frames: the canary, and the client's first
// words.
func beginLate(blocks []block) ([]block, error) {
	const late = 20
	var out []block
	frames := 0
	for _, b := range blocks {
		if b.kind() == blockPacket {
			if frames++; frames <= late {
				continue
			}
		}
		out = append(out, b)
	}
	if frames <= late {
		return nil, fmt.Errorf("%d frames in the capture", frames)
	}
	return out, nil
}

func clockBack(blocks []block) ([]block, error) { return shift(blocks, -time.Hour) }

func clockAhead(blocks []block) ([]block, error) { return shift(blocks, time.Hour) }

// shift moves the stamps of the second half of the frames.
func shift(blocks []block, by time.Duration) ([]block, error) {
	frames := 0
	for _, b := range blocks {
		if b.kind() == blockPacket {
			frames++
		}
	}
	seen := 0
	for _, b := range blocks {
		if b.kind() != blockPacket {
			continue
		}
		if seen++; seen > frames/2 {
			b.setStamp(b.stamp() + uint64(by))
		}
	}
	if seen == 0 {
		return nil, errors.New("no frame in the capture")
	}
	return blocks, nil
}
