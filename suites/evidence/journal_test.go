package evidence

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/fixtures/hostile"
)

// What somebody else's program left is read as far as it is a journal's size: a
// file without an end takes no memory, and nobody takes it for a journal.
func TestJournalOfAnySize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "client.journal")
	line := `{"time":"2024-01-02T03:04:05Z","msg":"attempt"}` + "\n"
	for _, c := range []struct {
		name, text string
		size       int64 // that the file is made
		want       string
	}{
		{"ours", line + line, 0, ""},
		{"no line's end", line + `{"msg":"` + strings.Repeat("x", maxJournalLine), 0, "token too long"},
		{"no journal", line + "what is this\n", 0, ":2: invalid character"},
		{"a terabyte", line, 1 << 40, "1099511627776 bytes, more than 16777216"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if c.size > 0 {
			if err := os.Truncate(path, c.size); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		hostile.Measure(func() { _, err = readJournal(path) }).Check(t, c.name, hostile.Bounds{Heap: 8 << 20})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
