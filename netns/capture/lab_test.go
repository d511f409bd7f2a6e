package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/google/gopacket/pcapgo"

	"github.com/rollover-conformance/rollover/netns"
)

// bench is a lab with a recording at both sides of its gateway.
type bench struct {
	lab  *netns.Lab
	rec  *Recording
	file *bytes.Buffer
}

func newBench(t testing.TB, o options) *bench {
	t.Helper()
	return newBenchInto(t, new(bytes.Buffer), o)
}

// newBenchInto records into a file that the test has made; it is the recording's
// until that has stopped.
func newBenchInto(t testing.TB, file *bytes.Buffer, o options) *bench {
	t.Helper()
	netns.NeedLab(t)
	lab, err := netns.Build(t.Context(), netns.Routed(netns.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { lab.Close() })
	b := &bench{lab: lab, file: file}
	b.rec, err = start(t.Context(), b.file, o, bothSides(lab)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.rec.Stop(); b.rec.Wait() })
	return b
}

func bothSides(lab *netns.Lab) []Point {
	gateway := lab.Host(netns.Gateway)
	return []Point{
		{Name: "client-side", Host: gateway, Interface: netns.Client},
		{Name: "server-side", Host: gateway, Interface: netns.Server},
	}
}

const datagramPort = "9000"

// flow is a UDP socket at the client and one at the server.
type flow struct {
	client net.Conn
	server net.PacketConn
}

func newFlow(t testing.TB, lab *netns.Lab) *flow {
	t.Helper()
	server := lab.Host(netns.Server)
	addr := net.JoinHostPort(server.Addr(false).String(), datagramPort)
	in, err := server.ListenPacket(t.Context(), "udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	out, err := lab.Host(netns.Client).DialContext(t.Context(), "udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { out.Close() })
	return &flow{client: out, server: in}
}

// send sends a numbered datagram and returns when the server has it.
func (f *flow) send(t testing.TB, n uint32) {
	t.Helper()
	if _, err := f.client.Write(datagram(n)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2048)
	f.server.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, _, err := f.server.ReadFrom(buf); err != nil {
		t.Fatal(err)
	}
}

// datagram is the number and 60 bytes of filling.
func datagram(n uint32) []byte {
	return append(binary.BigEndian.AppendUint32(nil, n), make([]byte, 60)...)
}

// packet is a frame as the file has it.
type packet struct {
	point int
	at    time.Time
	data  []byte
}

// number is the datagram's, if the frame holds one of ours.
func (p packet) number() (n uint32, ok bool) {
	const headers = 14 + 20 + 8
	if len(p.data) != headers+64 || p.data[23] != 17 {
		return 0, false
	}
	return binary.BigEndian.Uint32(p.data[headers:]), true
}

// read reads a recorded file back.
func read(t testing.TB, file io.Reader) ([]packet, []pcapgo.NgInterface) {
	t.Helper()
	options := pcapgo.NgReaderOptions{WantMixedLinkType: true}
	r, err := pcapgo.NewNgReader(file, options)
	if err != nil {
		t.Fatal(err)
	}
	var packets []packet
	for {
		data, info, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("after %d packets: %v", len(packets), err)
		}
		packets = append(packets, packet{info.InterfaceIndex, info.Timestamp, data})
	}
	var interfaces []pcapgo.NgInterface
	for i := range r.NInterfaces() {
		intf, err := r.Interface(i)
		if err != nil {
			t.Fatal(err)
		}
		interfaces = append(interfaces, intf)
	}
	return packets, interfaces
}

func deadline(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// checkInterfaces holds the file's interface blocks against the stats.
func checkInterfaces(t *testing.T, interfaces []pcapgo.NgInterface, stats Stats) {
	t.Helper()
	if len(interfaces) != len(stats.Points) {
		t.Fatalf("%d interfaces in the file, want %d", len(interfaces), len(stats.Points))
	}
	for i, p := range stats.Points {
		intf := interfaces[i]
		if intf.Name != p.Name || intf.TimestampResolution != 9 {
			t.Errorf("interface %d is %q with resolution %d, want %q with nanoseconds", i, intf.Name, intf.TimestampResolution, p.Name)
		}
		if intf.Statistics.PacketsDropped != p.Lost || intf.Statistics.PacketsReceived != p.Frames+p.Lost {
			t.Errorf("%s: the file says %d dropped of %d, stats say %d of %d", p.Name,
				intf.Statistics.PacketsDropped, intf.Statistics.PacketsReceived, p.Lost, p.Frames+p.Lost)
		}
	}
}
