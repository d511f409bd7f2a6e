package netns

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// train is a row of rtnetlink messages that goes to the kernel in one sendmsg;
// only the last asks to be acknowledged, a failing one always answers. Sending
// a whole namespace's set-up this way costs a tenth of a call per change
// (performance.md 1.3).
type train struct {
	buf   []byte
	what  []string // what each message does, for its error
	begin int      // where the message being written starts
}

const (
	headerLen  = unix.SizeofNlMsghdr
	seqOffset  = 8
	flagOffset = 6
)

// message starts a message; body is the fixed part that follows the header.
func (t *train) message(what string, kind, flags uint16, body []byte) {
	t.begin = len(t.buf)
	t.what = append(t.what, what)
	header := make([]byte, headerLen)
	binary.NativeEndian.PutUint16(header[4:], kind)
	binary.NativeEndian.PutUint16(header[flagOffset:], flags|unix.NLM_F_REQUEST)
	t.buf = append(append(t.buf, header...), body...)
	t.close()
}

// close writes the length of the message that ends here.
func (t *train) close() {
	binary.NativeEndian.PutUint32(t.buf[t.begin:], uint32(len(t.buf)-t.begin))
}

// attr appends an attribute to the message that was started last.
func (t *train) attr(kind uint16, value []byte) {
	t.buf = appendAttr(t.buf, kind, value)
	t.close()
}

func (t *train) attrString(kind uint16, s string) { t.attr(kind, append([]byte(s), 0)) }

func (t *train) attrUint32(kind uint16, v uint32) {
	t.attr(kind, binary.NativeEndian.AppendUint32(nil, v))
}

func (t *train) attrAddr(kind uint16, a netip.Addr) { t.attr(kind, a.AsSlice()) }

// nest appends an attribute whose value is the attributes that f writes.
func (t *train) nest(kind uint16, f func()) {
	at := len(t.buf)
	t.buf = append(t.buf, 0, 0, 0, 0)
	f()
	binary.NativeEndian.PutUint16(t.buf[at:], uint16(len(t.buf)-at))
	binary.NativeEndian.PutUint16(t.buf[at+2:], kind)
	t.close()
}

// appendAttr appends one attribute, padded to four bytes.
func appendAttr(b []byte, kind uint16, value []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(unix.SizeofRtAttr+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	for len(b)%unix.NLMSG_ALIGNTO != 0 {
		b = append(b, 0)
	}
	return b
}

// seal numbers the messages from first on and asks for the last one's
// acknowledgement; it returns the last number.
func (t *train) seal(first uint32) (last uint32) {
	last = first
	for at, n := 0, first; at < len(t.buf); n++ {
		binary.NativeEndian.PutUint32(t.buf[at+seqOffset:], n)
		length := int(binary.NativeEndian.Uint32(t.buf[at:]))
		if last = n; at+length >= len(t.buf) {
			flags := binary.NativeEndian.Uint16(t.buf[at+flagOffset:])
			binary.NativeEndian.PutUint16(t.buf[at+flagOffset:], flags|unix.NLM_F_ACK)
		}
		at += length
	}
	return last
}
