package trace

import (
	"time"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// webCases are what comes of a client of HTTP.
var webCases = []attemptCase{
	{name: "http plays on two connections", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.close()
		c = f.dial(80)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.streamed(0, 40)
		f.log()
	}, want: "HTTP:played"},
	{name: "http 404", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(404, cougar, 0)
		c.close()
	}, want: "HTTP:denied", by: rollover.PartyServer, status: 404},
	{name: "http 500", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(500, cougar, 0)
		c.close()
	}, want: "HTTP:rejected", by: rollover.PartyServer, status: 500},
	{name: "http impostor", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(200, "Apache/2.4", 5)
		c.server([]byte("<html"))
		c.close()
	}, want: "HTTP:broken", by: rollover.PartyServer, status: 200},
	{name: "http mute", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		f.wait(2 * time.Second)
		c.finClient()
	}, want: "HTTP:broken", by: rollover.PartyServer},
	{name: "http starves", play: func(f *film) {
		c := f.dial(80)
		c.described(cougar, player)
		c.get("GET", playPragma, player)
		c.head(200, cougar, -1)
		c.server(asfHeader())
		f.wait(2 * time.Second)
		c.finClient()
	}, want: "HTTP:starved"},
	{name: "download behind an impostor", dialect: "mf", play: func(f *film) {
		c := f.dial(80)
		c.get("GET", describePragma, player)
		c.head(200, "Apache/2.4", 5)
		c.server([]byte("<html"))
		c.close()
		c = f.dial(80)
		c.get("GET", "", "Mozilla/5.0")
		c.head(200, "Apache/2.4", len(testClip.File()))
		c.server(testClip.File())
		c.close()
	}, want: "HTTP:broken HTTPD:played", by: rollover.PartyServer, status: 200},
}
