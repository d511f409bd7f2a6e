package assess

import (
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A goldens is the golden file: a line with a folder's name, and below it,
// indented, what is expected of the folder.
type goldens struct {
	mu      sync.Mutex
	entries map[string]string
}

var (
	goldenOnce sync.Once
	goldenOf   goldens
)

func golden(t *testing.T) *goldens {
	t.Helper()
	goldenOnce.Do(func() {
		goldenOf.entries = map[string]string{}
		data, err := os.ReadFile(goldenFile)
		if err != nil && !*update {
			t.Fatal(err)
		}
		folder := ""
		for line := range strings.Lines(string(data)) {
			if text, ok := strings.CutPrefix(line, "\t"); ok {
				goldenOf.entries[folder] += text
			} else {
				folder = strings.TrimSpace(line)
			}
		}
	})
	return &goldenOf
}

func (g *goldens) of(folder string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.entries[folder]
}

func (g *goldens) under(part string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []string
	for folder := range g.entries {
		if strings.HasPrefix(folder, part) {
			out = append(out, folder)
		}
	}
	return out
}

func (g *goldens) set(folder, text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.entries[folder] = text
}

func (g *goldens) drop(folder string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.entries, folder)
}

func (g *goldens) write(t *testing.T) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	var b strings.Builder
	for _, folder := range slices.Sorted(maps.Keys(g.entries)) {
		b.WriteString(folder + "\n")
		for line := range strings.Lines(g.entries[folder]) {
			b.WriteString("\t" + line)
		}
	}
	if err := os.WriteFile(goldenFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
