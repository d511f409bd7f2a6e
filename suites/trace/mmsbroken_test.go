package trace

import (
	"testing"
	"time"

	"github.com/rollover-conformance/rollover/fixtures/mms"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// What becomes of attempts that one side broke, and whose doing it was.
func TestBrokenMMS(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		play   func(f *film)
		want   string
		by     rollover.Party
		status mms.HResult
	}{
		{"mute", func(f *film) {
			c := f.dialMMS()
			c.say(&mms.Connect{Subscriber: oldPlayer})
			f.wait(2 * time.Second)
			c.close()
		}, "MMSU/MMST:broken", rollover.PartyServer, 0},
		{"text", func(f *film) {
			c := f.dialMMS()
			c.say(&mms.Connect{Subscriber: oldPlayer})
			c.server([]byte("RTSP/1.0 400 Bad Request\r\n\r\n"))
			c.close()
		}, "MMSU/MMST:broken", rollover.PartyServer, 0},
		{"closed at the funnel", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.askFunnel(mms.UDP)
			c.finServer()
			c.finClient()
			f.newMMST()
		}, "MMSU:broken MMST:played", rollover.PartyServer, 0},
		{"the second funnel mute", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.refuseFunnel(mms.UDP)
			c.askFunnel(mms.TCP)
			f.wait(2 * time.Second)
			c.close()
		}, "MMSU:rejected MMST:broken", rollover.PartyServer, mms.UDPDisabled},
		{"a connection that dies before the header", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.funnel(mms.UDP)
			c.open()
			c.readBlock()
			c.finServer()
			c.finClient()
		}, "MMSU:broken", rollover.PartyServer, 0},
		{"StartPlaying fails", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.funnel(mms.TCP)
			c.open()
			c.headerTCP()
			c.say(&mms.StartPlaying{FileID: 1, Incarnation: playMark})
			c.answer(&mms.ReportStartedPlaying{Result: mms.InvalidArgument, Incarnation: playMark})
			c.goodbye()
		}, "MMST:broken", rollover.PartyServer, mms.InvalidArgument},
		{"an answer too short", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.funnel(mms.TCP)
			c.say(&mms.OpenFile{Incarnation: 9, FileName: "clip.asf"})
			c.answer(&mms.Malformed{ID: mms.MIDReportOpenFile, Fields: make([]byte, 8)})
			c.goodbye()
		}, "MMST:broken", rollover.PartyServer, 0},
		{"an end without a beginning", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.funnel(mms.TCP)
			c.open()
			c.headerTCP()
			c.start()
			c.finish()
		}, "MMST:broken", rollover.PartyServer, 0},
		{"the request is lost on the way", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.clientToward = near
			c.askFunnel(mms.UDP)
			f.wait(2 * time.Second)
			c.finClient()
		}, "MMSU:broken", rollover.PartyRig, 0},
		{"the answer is lost on the way", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.serverToward = far
			c.funnel(mms.UDP)
			f.wait(2 * time.Second)
			c.finClient()
		}, "MMSU:broken", rollover.PartyRig, 0},
		{"the client hangs up", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.close()
		}, "MMSU/MMST:broken", rollover.PartyClient, 0},
		{"the client says nothing that can be read", func(f *film) {
			c := f.dialMMS()
			c.client([]byte("GET / HTTP/1.0\r\n\r\n"))
			c.close()
		}, "MMSU/MMST:broken", rollover.PartyClient, 0},
		{"the server ends what the client left behind", func(f *film) {
			c := f.dialMMS()
			c.connect()
			c.funnel(mms.UDP)
			c.open()
			c.headerUDP(far)
			f.wait(headerTimer)
			f.newMMST()
			c.finServer()
		}, "MMSU:starved MMST:played", "", 0},
		{"two at once", func(f *film) {
			c := f.dialMMS()
			c.connect()
			second := f.dialMMS()
			second.connect()
			second.funnel(mms.TCP)
			c.funnel(mms.UDP)
			c.open()
			c.headerUDP(both)
			c.start()
			c.mediaUDP(0, 40, funnelPort, both)
			second.close()
			c.finish()
		}, "MMSU:played MMST:broken", "", 0},
		{"refused by the server", func(f *film) {
			c := f.knock(1755, 1, both)
			c.rstServer()
			f.playHTTP()
		}, "MMSU/MMST:refused HTTP:played", rollover.PartyServer, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := newFilm(t)
			test.play(f)
			s := testScenario()
			mmsScenario(&s)
			got := f.read(s, testSetup())
			if seen := rollover.Observed(got); seen != test.want {
				t.Fatalf("observed %s, want %s: %+v", seen, test.want, got.Attempts)
			}
			if a := got.Attempts[0]; a.EndedBy != test.by || a.Status != int(test.status) || a.Why == "" || len(a.Frames) == 0 {
				t.Errorf("%+v", a)
			}
		})
	}
}
