package trace

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"testing"
)

// block is a block of that type with so many bytes in all, and its first bytes.
func block(order binary.ByteOrder, kind, size uint32, body ...byte) []byte {
	b := make([]byte, size)
	order.PutUint32(b, kind)
	order.PutUint32(b[4:], size)
	copy(b[8:], body)
	order.PutUint32(b[size-4:], size)
	return b
}

// enhanced is a block of a frame that says it holds so many bytes.
func enhanced(size, frame uint32) []byte {
	b := block(binary.LittleEndian, blockEnhanced, size)
	binary.LittleEndian.PutUint32(b[20:], frame)
	return b
}

// Only whole blocks are handed on, up to the first that cannot be right.
func TestBlocks(t *testing.T) {
	t.Parallel()
	little, big := binary.LittleEndian, binary.BigEndian
	section := block(little, blockSection, 28, 0x4D, 0x3C, 0x2B, 0x1A)
	other := block(big, blockSection, 28, 0x1A, 0x2B, 0x3C, 0x4D)
	with := func(b []byte, at int, v uint32) []byte {
		b = slices.Clone(b)
		little.PutUint32(b[at:], v)
		return b
	}
	for _, c := range []struct {
		name string
		file []byte
		good bool
	}{
		{"empty", nil, true},
		{"a section", section, true},
		{"a section in the other order", slices.Concat(other, block(big, 1, 16)), true},
		{"one order, then the other", slices.Concat(other, block(big, 1, 16), section, block(little, 1, 16)), true},
		{"a section in no order", with(section, 8, 1), false},
		{"the shortest block", block(little, 1, 12), true},
		{"shorter", with(block(little, 1, 12), 4, 8), false},
		{"no multiple of four", with(block(little, 1, 16), 4, 14), false},
		{"the longest block", block(little, 1, maxBlock), true},
		{"longer", block(little, 1, maxBlock+4), false},
		{"two lengths", with(block(little, 1, 16), 12, 12), false},
		{"cut in its head", block(little, 1, 16)[:11], false},
		{"cut in its body", block(little, 1, 16)[:15], false},
		{"a frame of no bytes", enhanced(32, 0), true},
		{"a frame that fills its block", enhanced(36, 4), true},
		{"a frame longer than its block", enhanced(36, 5), false},
		{"a frame's block too short for a frame", enhanced(28, 0), false},
		{"another block as short", block(little, 1, 28), true},
	} {
		b := newBlocks(bytes.NewReader(c.file))
		got, err := io.ReadAll(b)
		if err != nil || (b.damage == nil) != c.good || c.good && !bytes.Equal(got, c.file) || !c.good && len(got) != 0 {
			t.Errorf("%s: %d of %d bytes, damage %v, %v", c.name, len(got), len(c.file), b.damage, err)
		}
	}
}
