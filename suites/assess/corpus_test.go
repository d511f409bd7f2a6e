package assess

import (
	"archive/tar"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/rollover-conformance/rollover/suites/evidence"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// The corpus is the evidence of real trials: the self-test, the catalogue, and
// the lawful oddities. Each must be judged today as it was when it was read and kept.
// `make corpus` plays it anew.
var (
	update = flag.Bool("update", false, "write the corpus's golden file anew")
	pack   = flag.String("pack", "", "take the evidence under this folder for the corpus")
)

const (
	corpusFile = "testdata/corpus.tar.zst"
	goldenFile = "testdata/corpus.txt"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if *pack != "" {
		if err := packCorpus(*pack); err != nil {
			fmt.Fprintln(os.Stderr, "packing the corpus:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func TestFaultyServersAreJudgedAsBefore(t *testing.T)  { judgeAgain(t, "server/") }
func TestFaultyClientsAreJudgedAsBefore(t *testing.T)  { judgeAgain(t, "client/") }
func TestBrokenRigsAreJudgedAsBefore(t *testing.T)     { judgeAgain(t, "rig/") }
func TestTheCatalogueIsJudgedAsBefore(t *testing.T)    { judgeAgain(t, "catalogue/") }
func TestLawfulOdditiesAreJudgedAsBefore(t *testing.T) { judgeAgain(t, "deviations/") }

// judgeAgain judges each folder of the corpus whose name begins with part.
func judgeAgain(t *testing.T, part string) {
	t.Parallel()
	want := golden(t)
	seen := map[string]bool{}
	dir := t.TempDir()
	unpack(t, part, dir, func(folder string) {
		seen[folder] = true
		got := describe(t, filepath.Join(dir, folder))
		if *update {
			want.set(folder, got)
		} else if diff := cmp.Diff(want.of(folder), got); diff != "" {
			t.Fatalf("%s is judged otherwise than before:\n%s", folder, diff)
		}
	})
	if len(seen) == 0 {
		t.Errorf("the corpus has nothing under %s", part)
	}
	for _, folder := range want.under(part) {
		if seen[folder] {
			continue
		}
		if *update {
			want.drop(folder)
		} else {
			t.Errorf("%s is in %s and not in the corpus", folder, goldenFile)
		}
	}
	if *update {
		want.write(t)
	}
}

// describe is what must not change about a folder's result: everything but
// the words.
func describe(t *testing.T, dir string) string {
	t.Helper()
	r, err := Folder(dir)
	if errors.Is(err, evidence.ErrUnreadable) {
		return "unreadable\n"
	}
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s final %s, capture %+v\n", r.Verdict, r.Observed, r.Final, r.Capture)
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "finding %s %s %v note %t\n", f.Party, f.Requirement, f.Frames, f.Note)
		if f.Client > 0 {
			fmt.Fprintf(&b, "of client %d\n", f.Client)
		}
	}
	describeTrace(&b, r.Trace)
	for i, c := range r.Clients {
		fmt.Fprintf(&b, "client %d %s %s final %s\n", c.Client, c.Verdict, c.Observed, c.Final)
		describeTrace(&b, r.Trace.Of(i+1))
	}
	return b.String()
}

func describeTrace(b *strings.Builder, seen rollover.Trace) {
	for _, a := range seen.Attempts {
		fmt.Fprintf(b, "%v:%s by %q status %d asked %t, %s %s %s, frames %v, pairs %v, media %v, %d messages\n",
			a.Candidates, a.Outcome, a.EndedBy, a.Status, a.Asked, a.Start, a.Trigger, a.End, a.Frames, a.Pairs, a.Media, len(a.Messages))
	}
	for _, f := range seen.Facts {
		fmt.Fprintf(b, "fact %s of %d at %s %v\n", f.Kind, f.Attempt, f.At, f.Frames)
	}
}

// unpack writes the folders of the corpus whose names begin with part, one
// after the other, and calls whole for each while it is there.
func unpack(t *testing.T, part, dir string, whole func(folder string)) {
	t.Helper()
	f, err := os.Open(corpusFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderMaxWindow(corpusWindow), zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	current := ""
	finish := func() {
		if current != "" {
			whole(current)
			if err := os.RemoveAll(filepath.Join(dir, current)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			finish()
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(h.Name, part) {
			continue
		}
		if folder := filepath.Dir(h.Name); folder != current {
			finish()
			current = folder
			if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, h.Name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The clip's bytes are the same in every capture; a window that spans many of
// them keeps the corpus small.
const corpusWindow = 64 << 20

// Twenty clients, or a stream cut at every byte, make captures of megabytes;
// the corpus leaves them to the trials that make them.
const largestCapture = 200 << 10

// isTrial says whether a folder is one for the corpus; a capture may be
// missing, where a broken rig lost it.
func isTrial(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, evidence.ScenarioFile))
	capture, missing := os.Stat(filepath.Join(dir, evidence.CaptureFile))
	return err == nil && (missing != nil || capture.Size() <= largestCapture)
}

func packCorpus(from string) error {
	var files []string
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == evidence.ResultFile {
			return err
		}
		if isTrial(filepath.Dir(path)) {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b string) int {
		if c := strings.Compare(filepath.Dir(a), filepath.Dir(b)); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
	out, err := os.Create(corpusFile)
	if err != nil {
		return err
	}
	z, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(corpusWindow), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	w := tar.NewWriter(z)
	for _, path := range files {
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o644, Size: int64(len(data))}); err != nil {
			return err
		}
		if _, err := w.Write(data); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), z.Close(), out.Close())
}
