package trace

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The blocks of a pcapng file that need a look before they are handed on.
const (
	blockSection  = 0x0A0D0D0A
	blockEnhanced = 6

	orderMagic = 0x1A2B3C4D
	maxBlock   = 1 << 20 // bytes; the largest frame is 65 kB
)

// blocks hands on the whole blocks of a pcapng file and nothing else. The
// reader behind it believes lengths that it finds: it would allocate what a
// damaged file asks for. What ends the file early is kept as damage.
type blocks struct {
	r      *bufio.Reader
	order  binary.ByteOrder
	rest   []byte // of the block being handed on
	damage error
	done   bool
}

func newBlocks(r io.Reader) *blocks {
	return &blocks{r: bufio.NewReaderSize(r, 1<<16), order: binary.LittleEndian}
}

// Read implements io.Reader; damage looks like the end of the file.
func (b *blocks) Read(p []byte) (int, error) {
	for len(b.rest) == 0 {
		if b.done {
			return 0, io.EOF
		}
		block, err := b.next()
		if err != nil {
			b.done = true
			if !errors.Is(err, io.EOF) {
				b.damage = err
			}
			return 0, io.EOF
		}
		b.rest = block
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// next reads one block.
//
//	 0        4        8                  n-4      n
//	+--------+--------+---------- - - ----+--------+
//	| type   | length |  body             | length |
//	+--------+--------+---------- - - ----+--------+
func (b *blocks) next() ([]byte, error) {
	head, err := b.r.Peek(12)
	if len(head) == 0 {
		return nil, io.EOF
	}
	if err != nil {
		return nil, errors.New("the file ends inside a block")
	}
	if binary.LittleEndian.Uint32(head) == blockSection { // reads the same in both orders
		switch uint32(orderMagic) {
		case binary.LittleEndian.Uint32(head[8:]):
			b.order = binary.LittleEndian
		case binary.BigEndian.Uint32(head[8:]):
			b.order = binary.BigEndian
		default:
			return nil, errors.New("no byte order in the section header")
		}
	}
	n := b.order.Uint32(head[4:])
	if n < 12 || n%4 != 0 || n > maxBlock {
		return nil, fmt.Errorf("a block of %d bytes", n)
	}
	block := make([]byte, n)
	if _, err := io.ReadFull(b.r, block); err != nil {
		return nil, errors.New("the file ends inside a block")
	}
	if again := b.order.Uint32(block[n-4:]); again != n {
		return nil, fmt.Errorf("a block's two lengths differ: %d and %d", n, again)
	}
	if b.order.Uint32(block) == blockEnhanced {
		if n < 32 || b.order.Uint32(block[20:]) > n-32 {
			return nil, errors.New("a frame longer than its block")
		}
	}
	return block, nil
}
