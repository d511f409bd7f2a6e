package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// served is the reference server on ports of this machine's loopback.
type served struct {
	*started
	rtsp, mms, http, rtp string
}

// startServe starts it on free ports and waits until it says that it listens.
func startServe(t *testing.T, p program, args ...string) served {
	t.Helper()
	s := served{rtsp: freePort(t), mms: freePort(t), http: freePort(t), rtp: freePort(t)}
	args = append([]string{"serve", "--clip", "1s", "--rtsp-port", s.rtsp, "--mms-port", s.mms, "--http-port", s.http, "--rtp-port", s.rtp}, args...)
	s.started = p.start(t, args...)
	eventually(t, "the server listens", func() error {
		select {
		case <-s.done:
			t.Fatalf("serve ended: %s%s", s.out.String(), s.errs.String())
		default:
		}
		if !strings.Contains(s.out.String(), "play ") {
			return fmt.Errorf("%q", s.out.String())
		}
		return nil
	})
	return s
}

// freePort is a port that nobody has, for TCP and UDP, and nobody the next three
// for UDP.
// It lies below those that clients are given, which come and go.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := 20000 + 2*rand.IntN(6000)
		if free(port) && free(port+2) {
			return strconv.Itoa(port)
		}
	}
	t.Fatal("no free port")
	return ""
}

func free(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	defer l.Close()
	for _, p := range []int{port, port + 1} {
		c, err := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", p))
		if err != nil {
			return false
		}
		defer c.Close()
	}
	return true
}

func (s served) end(t *testing.T) {
	t.Helper()
	if err := s.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if code := s.exit(t); code != exitPass {
		t.Errorf("serve: exit code %d\n%s", code, s.errs.String())
	}
}

// TestServeAndWatch lets the two commands play against each other.
func TestServeAndWatch(t *testing.T) {
	t.Parallel()
	p := newProgram(t, false)
	s := startServe(t, p)
	rtsp, mms, http := "rtsp://127.0.0.1:"+s.rtsp+"/clip.asf", "mms://127.0.0.1:"+s.mms+"/clip.asf", "http://127.0.0.1:"+s.http+"/clip.asf"
	for _, url := range []string{rtsp, mms, http} {
		if !strings.Contains(s.out.String(), "play "+url+"\n") {
			t.Errorf("no %s in\n%s", url, s.out.String())
		}
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		out  string
	}{
		{"UDP", []string{rtsp}, exitPass, "RTSPU:played\n"},
		{"TCP", []string{"--off", "UDP", rtsp}, exitPass, "RTSPU:skipped  switched off\nRTSPT:played\n"},
		{"MMS over UDP", []string{"--dialect", "wmp6", mms}, exitPass, "MMSU:played\n"},
		{"MMS over TCP", []string{"--dialect", "wmp6", "--off", "UDP", mms}, exitPass, "MMST:played\n"},
		{"HTTP", []string{http}, exitPass, "HTTP:played\n"},
		{"nobody there", []string{"http://127.0.0.1:" + freePort(t) + "/clip.asf"}, exitFail, "HTTP:refused  connection refused\n"},
		{"everything off", []string{"--off", "UDP,TCP,HTTP", rtsp}, exitFail, "nothing tried: "},
		{"no such name", []string{"rtsp://nobody.invalid/clip.asf"}, exitFail, "nobody.invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			watch := p.start(t, append([]string{"watch", "--timing", "brisk"}, c.args...)...)
			if code := watch.exit(t); code != c.code || !strings.Contains(watch.out.String(), c.out) {
				t.Errorf("exit code %d, want %d; %q, want %q\n%s", code, c.code, watch.out.String(), c.out, watch.errs.String())
			}
		})
	}
	s.end(t)
}

// TestServeModern does so with today's RTSP, whose sound has two ports more.
func TestServeModern(t *testing.T) {
	t.Parallel()
	p := newProgram(t, false)
	tls := freePort(t)
	s := startServe(t, p, "--dialect", "modern", "--rtsps-port", tls)
	for _, c := range []struct {
		url  string
		args []string
		out  string
	}{
		{"rtsp://127.0.0.1:" + s.rtsp + "/clip.asf", nil, "RTSPU:played\n"},
		{"rtsp://127.0.0.1:" + s.rtsp + "/clip.asf", []string{"--off", "UDP,MULTICAST"}, "RTSPT:played\n"},
		{"rtsph://127.0.0.1:" + s.http + "/clip.asf", nil, "RTSPH:played\n"},
		{"rtsps://127.0.0.1:" + tls + "/clip.asf", nil, "RTSPS:played\n"},
	} {
		if !strings.Contains(s.out.String(), "play "+c.url+"\n") {
			t.Errorf("no %s in\n%s", c.url, s.out.String())
		}
		watch := p.start(t, append([]string{"watch", "--timing", "brisk", "--dialect", "modern", c.url}, c.args...)...)
		if code := watch.exit(t); code != exitPass || !strings.Contains(watch.out.String(), c.out) {
			t.Errorf("%s: exit code %d; %q, want %q\n%s", c.url, code, watch.out.String(), c.out, watch.errs.String())
		}
	}
	s.end(t)
	wrong := p.start(t, "serve", "--dialect", "wmp11")
	if code := wrong.exit(t); code != exitUsage || !strings.Contains(wrong.errs.String(), `found "wmp11"; allowed: modern`) {
		t.Errorf("exit code %d, %s", code, wrong.errs.String())
	}
}

// TestServeWithFaults: what is planted shows.
func TestServeWithFaults(t *testing.T) {
	t.Parallel()
	p := newProgram(t, false)
	s := startServe(t, p, "--fault", "E-01", "--wms", "9.5", "--rungs", "RTSPU,RTSPT")
	url := "rtsp://127.0.0.1:" + s.rtsp + "/clip.asf"
	watch := p.start(t, "watch", "--timing", "brisk", url)
	if code := watch.exit(t); code != exitPass || !strings.Contains(watch.out.String(), "RTSPU:starved") || !strings.Contains(watch.out.String(), "RTSPT:played") {
		t.Errorf("exit code %d\n%s%s", code, watch.out.String(), watch.errs.String())
	}
	if strings.Contains(s.out.String(), "http://") {
		t.Errorf("HTTP is served:\n%s", s.out.String())
	}
	s.end(t)
}

// TestServeWhereItCannot: an address that is not this machine's.
func TestServeWhereItCannot(t *testing.T) {
	t.Parallel()
	p := newProgram(t, false)
	s := p.start(t, "serve", "--listen", "192.0.2.77", "--rtsp-port", freePort(t))
	if code := s.exit(t); code != exitRig || !strings.Contains(s.errs.String(), "192.0.2.77") {
		t.Errorf("exit code %d\n%s", code, s.errs.String())
	}
}

// TestWatchInterrupted: whoever ends it has not seen it played.
func TestWatchInterrupted(t *testing.T) {
	t.Parallel()
	p := newProgram(t, false)
	s := startServe(t, p, "--clip", "1m")
	watch := p.start(t, "watch", "rtsp://127.0.0.1:"+s.rtsp+"/clip.asf")
	eventually(t, "it plays", func() error {
		if !strings.Contains(watch.errs.String(), `"msg":"playing"`) {
			return fmt.Errorf("%s", watch.errs.String())
		}
		return nil
	})
	if err := watch.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := watch.exit(t); code != exitFail {
		t.Errorf("exit code %d\n%s", code, watch.out.String())
	}
	s.end(t)
}
