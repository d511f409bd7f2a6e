package rollover

import (
	"slices"
	"strings"
	"testing"
)

// TestLadders is the table of rollover.md B.2.
func TestLadders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dialect, moniker, want string }{
		{"wmp6", "mms", "MMSU MMST HTTP"},
		{"wmp6", "rtsp", ""},
		{"wmp6", "mmsu", "!MMSU"},
		{"wmp9", "mms", "RTSPU RTSPT MMSU? MMST? HTTP"},
		{"wmp9", "rtsp", "RTSPU RTSPT HTTP"},
		{"wmp9", "mmst", "!MMST?"},
		{"wmp11", "mms", "RTSPU RTSPT HTTP"},
		{"wmp11", "rtsp", "RTSPU RTSPT HTTP"},
		{"wmp11", "rtspt", "!RTSPT"},
		{"wmp11", "http", "!HTTP"},
		{"wmf", "mms", "RTSPU RTSPT MMSU MMST HTTP"},
		{"wmf", "rtsp", "RTSPU RTSPT"},
		{"wmf", "mmsu", "!MMSU"},
		{"mf", "mms", "RTSPU RTSPT HTTP HTTPD?"},
		{"mf", "rtsp", "RTSPU RTSPT HTTP HTTPD?"},
		{"mf", "http", "!HTTP HTTPD?"},
		{"mf", "httpd", "!HTTPD"},
		{"wmsproxy", "rtsp", "HTTP RTSPU RTSPT"},
		{"card", "mms", "MMSU MMST HTTP"},
		{"card", "rtsp", "RTSPU RTSPT HTTP"},
		{"card", "mmst", "!MMST"},
		{"modern", "rtsp", "RTSPU RTSPM? RTSPT RTSPH?"},
		{"modern", "rtsps", "!RTSPS"},
	} {
		l, explicit, optional, err := LadderFor(Dialect(c.dialect), c.moniker)
		if err != nil {
			t.Errorf("%s %s: %v", c.dialect, c.moniker, err)
			continue
		}
		words := make([]string, len(l))
		for i, r := range l {
			words[i] = string(r)
			if slices.Contains(optional, r) {
				words[i] += "?"
			}
		}
		got := strings.Join(words, " ")
		if explicit {
			got = "!" + got
		}
		if got != c.want {
			t.Errorf("%s %s:// is %q, want %q", c.dialect, c.moniker, got, c.want)
		}
	}
}

func TestLadderErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ dialect, moniker, want string }{
		{"wmp12", "mms", "unknown dialect"},
		{"wmp11", "mmsu", "knows no mmsu://"},
		{"card", "httpd", "knows no httpd://"},
		{"modern", "mms", "knows no mms://"},
		{"wmsproxy", "rtspu", "knows no rtspu://"},
	} {
		if _, _, _, err := LadderFor(Dialect(c.dialect), c.moniker); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: got %v, want an error with %q", c.dialect, c.moniker, err, c.want)
		}
	}
}

// TestLadderTableIsSound: the table is text, so its words are checked here.
func TestLadderTableIsSound(t *testing.T) {
	t.Parallel()
	for _, d := range Dialects() {
		for _, m := range d.Monikers() {
			l, _, optional, err := LadderFor(d, m)
			if err != nil {
				t.Errorf("%s %s: %v", d, m, err)
			}
			for _, r := range slices.Concat(l, Ladder(optional)) {
				if _, err := ParseRung(string(r)); err != nil {
					t.Errorf("%s %s: %v", d, m, err)
				}
			}
		}
	}
}
