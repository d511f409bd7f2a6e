package trace

import (
	"fmt"

	"github.com/rollover-conformance/rollover/fixtures/asf"
)

// headerFault is what is wrong with an ASF header that a client was given;
// empty: nothing.
func (r *reading) headerFault(header []byte) string {
	info, err := asf.ParseHeader(header)
	switch {
	case err != nil:
		return fmt.Sprintf("%d bytes that are no ASF header: %v", len(header), err)
	case len(header) < info.DataOffset:
		return fmt.Sprintf("a header of %d bytes: the first 50 of the Data Object are not there, or not all", len(header))
	case !r.wantsClip():
		return ""
	case info.PacketSize != r.clip.PacketSize():
		return fmt.Sprintf("a header that promises packets of %d bytes; they have %d", info.PacketSize, r.clip.PacketSize())
	case info.Packets != 0 && info.Packets != uint64(r.clip.Packets()):
		return fmt.Sprintf("a header that promises %d packets; there are %d", info.Packets, r.clip.Packets())
	}
	return ""
}
