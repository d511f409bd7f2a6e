package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// tables are the files that name every protocol, one row each: what
// CONTRIBUTING lists for a rung, a protocol or a ladder.
var tables = []string{
	"fixtures/protocols.go", "fixtures/rungs.go", "fixtures/ladders.go",
	"suites/rollover/rung.go", "suites/rollover/service.go", "suites/rollover/protocol.go", "suites/rollover/ladder.go",
	"suites/trace/dissectors.go",
}

// home is where else a protocol may be named: its own files, and those of what
// runs through it. The folders below fixtures are each a world of its own, which
// the rules of imports keep apart.
type home struct {
	names *regexp.Regexp // identifiers
	words *regexp.Regexp // whole literals
	files []string       // patterns
}

var homes = []home{
	{
		names: regexp.MustCompile(`^(RTSPU|RTSPT|ServiceRTSP)$`),
		words: regexp.MustCompile(`^(RTSPU|RTSPT|rtsp)$`),
		files: []string{"fixtures/rtspline.go", "fixtures/modern*.go", "suites/rollover/rtsp.go", "suites/trace/rtsp*.go", "suites/trace/modern*.go"},
	},
	{
		names: regexp.MustCompile(`MMS|^mms([A-Z]|$)`),
		words: regexp.MustCompile(`^(MMSU|MMST|mms)$`),
		files: []string{"fixtures/mmsline.go", "suites/rollover/mms.go", "suites/trace/mms*.go"},
	},
	{
		names: regexp.MustCompile(`^(HTTPD?|ServiceHTTP)$`),
		words: regexp.MustCompile(`^(HTTPD|wmsp)$`),
		files: []string{"fixtures/httpline.go", "fixtures/modern*.go", "suites/rollover/http.go", "suites/trace/http*.go", "suites/trace/modern*.go", "suites/trace/tunnel*.go"},
	},
	{
		names: regexp.MustCompile(`^(RTSPM|RTSPH|RTSPS|ServiceTLS)$`),
		words: regexp.MustCompile(`^(RTSPM|RTSPH|RTSPS|rtsps)$`),
		files: []string{"fixtures/rtspline.go", "fixtures/modern*.go", "suites/rollover/rtsp.go", "suites/rollover/modern*.go",
			"suites/trace/rtsp*.go", "suites/trace/modern*.go", "suites/trace/tunnel*.go", "suites/trace/tls*.go"},
	},
	{
		names: regexp.MustCompile(`MSB|^msb([A-Z]|$)`),
		words: regexp.MustCompile(`^(MSB|msb)$`),
		files: []string{"fixtures/msbline.go", "suites/rollover/msb.go", "suites/trace/msb*.go"},
	},
}

// foreign are system calls whose names have a protocol's in them.
var foreign = regexp.MustCompile(`(?i)mmsg`)

func (h home) of(file string) bool {
	return slices.ContainsFunc(h.files, func(pattern string) bool { ok, _ := path.Match(pattern, file); return ok })
}

// scanned are the sources that must not know which protocols there are, beside
// the tables and the homes.
func scanned(file string) bool {
	if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || slices.Contains(tables, file) {
		return false
	}
	root, rest, _ := strings.Cut(file, "/")
	return slices.Contains([]string{"suites", "reports", "netns", "tools"}, root) || root == "fixtures" && !strings.Contains(rest, "/")
}

// strays lists where the sources name a protocol outside the tables and its own
// files. Texts for people may name what they like, and so may tests.
func strays(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !scanned(file) {
			return err
		}
		src, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, file, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for pos, text := range namesIn(parsed) {
			word, literal := strings.CutPrefix(text, literalMark)
			for _, h := range homes {
				named := literal && h.words.MatchString(word) || !literal && h.names.MatchString(text)
				if named && !h.of(file) && !foreign.MatchString(word) {
					out = append(out, file+":"+strconv.Itoa(files.Position(pos).Line)+" names "+word)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// literalMark tells literals from identifiers.
const literalMark = "\""

// namesIn finds the identifiers of a source that are no fields, and its
// literals.
func namesIn(f *ast.File) map[token.Pos]string {
	out := map[token.Pos]string{}
	fields := map[*ast.Ident]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			of, ok := n.X.(*ast.Ident)
			fields[n.Sel] = !ok || of.Name != "rollover" && of.Name != "fixtures"
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				fields[key] = true
			}
		case *ast.Field:
			for _, id := range n.Names {
				fields[id] = true
			}
		case *ast.Ident:
			if !fields[n] {
				out[n.Pos()] = n.Name
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				out[n.Pos()] = literalMark + text
			}
		}
		return true
	})
	return out
}

// TestProtocolsStayAtHome: a new protocol is rows and files of its own. Whoever
// needs its name elsewhere has found a rule that belongs into a row.
func TestProtocolsStayAtHome(t *testing.T) {
	t.Parallel()
	for _, stray := range strays(t, os.DirFS("../..")) {
		t.Error(stray)
	}
	if t.Failed() {
		t.Logf("a protocol is named in files of its own and in the tables, and nowhere else: %s", strings.Join(tables, " "))
	}
}

// TestStraysAreFound: the test above can fail.
func TestStraysAreFound(t *testing.T) {
	t.Parallel()
	tree := fstest.MapFS{}
	for file, src := range map[string]string{
		"suites/rollover/judge.go":  "package rollover\n\nvar a = r.Control() == ServiceMMS\n",
		"suites/trace/read.go":      "package trace\n\nfunc f(a *attempt) bool { return a.rung() == rollover.RTSPU }\n",
		"suites/trial/lab.go":       "package trial\n\nvar ports = map[string]int{\"mms\": 1755}\n",
		"suites/trace/datagram.go":  "package trace\n\nvar d mmsParts\n",
		"suites/trace/mmsfacts.go":  "package trace\n\nvar own = mmsParts{rollover.MMSU}\n",
		"suites/rollover/rung.go":   "package rollover\n\nvar all = []Rung{MMSU, RTSPU, HTTP}\n",
		"suites/target/offer.go":    "package target\n\nvar text = v.HTTP + \"HTTP\" + \"plays mms by TCP\"\n",
		"netns/capture/source.go":   "package capture\n\nvar n = unix.SYS_RECVMMSG\n",
		"suites/trace/read_test.go": "package trace\n\nvar r = rollover.MMSU\n",
	} {
		tree[file] = &fstest.MapFile{Data: []byte(src)}
	}
	want := []string{
		"suites/rollover/judge.go:3 names ServiceMMS",
		"suites/trace/datagram.go:3 names mmsParts",
		"suites/trace/read.go:3 names RTSPU",
		"suites/trial/lab.go:3 names mms",
	}
	if got := strays(t, tree); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
}

// TestContributingNamesTheTables: the row for a protocol, and the one for a
// ladder, say where the rows go.
func TestContributingNamesTheTables(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| a rung or protocol |") || strings.HasPrefix(line, "| a ladder or dialect |") {
			rows += line
		}
	}
	for _, file := range tables {
		if !strings.Contains(rows, "`"+file+"`") && !strings.Contains(rows, "`"+path.Base(file)+"`") {
			t.Errorf("CONTRIBUTING.md does not name %s for a rung, a protocol or a ladder", file)
		}
	}
}
