package bundle

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/secure-systems-lab/go-securesystemslib/signerverifier"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/assess"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

// demanded are three trials of the corpus: one rung, a fall-back, and MMS.
var demanded = []string{"rtsp/open/rtsp", "rtsp/no-udp", "mms/open/mms"}

// sample is a run of real evidence, with all that goes into its bundle.
func sample(t *testing.T) Input {
	t.Helper()
	dir := t.TempDir()
	fromCorpus(t, dir)
	when := time.Date(2026, 11, 25, 1, 2, 3, 0, time.UTC)
	run := reports.Run{
		Schema: reports.SchemaVersion, Tool: tool, Target: reports.TargetInfo{Vendor: "Example", Product: "Streamer", Version: "4.2", Role: "server", Name: "example.yaml"},
		Claims: reports.Claims{Rungs: []string{"RTSPU"}}, Started: when, Stopped: when.Add(time.Minute), Timing: "brisk", Jobs: 3, Selectors: []string{},
	}
	var scenarios []rollover.Scenario
	for _, id := range demanded {
		r, err := assess.Folder(filepath.Join(dir, id))
		if err != nil {
			t.Fatal(err)
		}
		r.Evidence, r.Rerun = id, "rollover run "+id
		run.Results = append(run.Results, r)
		scenarios = append(scenarios, r.Scenario)
		save(t, filepath.Join(dir, id, "result.json"), r)
	}
	// What reports read back is what they wrote: times and empty lists included.
	var record bytes.Buffer
	must(t, reports.WriteJSON(&record, run))
	run, err := reports.ReadJSON(&record)
	must(t, err)
	log, err := os.Create(filepath.Join(dir, logFile))
	must(t, err)
	defer log.Close()
	progress, err := reports.NewProgress(log, run)
	must(t, err)
	for _, r := range run.Results {
		must(t, progress.Append(r))
	}
	sum, err := fingerprint(scenarios)
	must(t, err)
	return Input{
		Run: run, Folder: os.DirFS(dir), Selftest: []byte(`{"faults": [{"id": "E-01", "party": "server", "killed": true, "by": ["rtsp/no-udp"], "requirement": "RO-ROLL-01"}], "notPlanted": []}`),
		Profile: Profile{Name: "wm-little", Release: 1, SHA256: sum, Scenarios: demanded}, Key: key,
	}
}

var tool = reports.Build{Name: "rollover", Version: "1.0.0", Commit: "abc", Go: "go1"}

var key = newKey(1)

func newKey(seed byte) *signerverifier.ED25519SignerVerifier {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	k, err := signerverifier.NewED25519SignerVerifierFromSSLibKey(&signerverifier.SSLibKey{
		KeyID: fmt.Sprintf("key %d", seed), KeyType: signerverifier.ED25519KeyType,
		KeyVal: signerverifier.KeyVal{Public: fmt.Sprintf("%x", private.Public()), Private: fmt.Sprintf("%x", private.Seed())},
	})
	if err != nil {
		panic(err)
	}
	return k
}

// options are those of a strict verifier.
func options(in Input) Options {
	return Options{Deep: true, Key: key, Tool: tool, Faults: []string{"E-01"}, Judge: assess.Folder,
		Profile: func(name string) (Profile, error) {
			if name != in.Profile.Name {
				return Profile{}, fmt.Errorf("no profile %q", name)
			}
			return in.Profile, nil
		}}
}

// fromCorpus unpacks the demanded trials of the corpus.
func fromCorpus(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Open("../../suites/assess/testdata/corpus.tar.zst")
	must(t, err)
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderMaxWindow(64<<20))
	must(t, err)
	defer z.Close()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		must(t, err)
		for _, id := range demanded {
			if name, ok := strings.CutPrefix(h.Name, "catalogue/"+id+"/"); ok && !strings.Contains(name, "/") {
				data, err := io.ReadAll(r)
				must(t, err)
				must(t, os.MkdirAll(filepath.Join(dir, id), 0o755))
				must(t, os.WriteFile(filepath.Join(dir, id, name), data, 0o644))
			}
		}
	}
}

// A box is a bundle taken apart, to be changed and packed again.
type box struct {
	names []string
	data  map[string][]byte
	in    Input
}

func openBox(t *testing.T, in Input, packed []byte) *box {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	must(t, err)
	b := &box{data: map[string][]byte{}, in: in}
	for r := tar.NewReader(zip); ; {
		h, err := r.Next()
		if err == io.EOF {
			return b
		}
		must(t, err)
		b.names = append(b.names, h.Name)
		b.data[h.Name], err = io.ReadAll(r)
		must(t, err)
	}
}

func (b *box) pack(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	a := newArchive(&out, time.Now())
	for _, name := range b.names {
		a.add(name, b.data[name])
	}
	must(t, a.close())
	return out.Bytes()
}

// reseal makes manifest and statement anew, as a forger would who knows how.
func (b *box) reseal(t *testing.T) {
	t.Helper()
	var m Manifest
	must(t, decode(b.data[ManifestFile], &m))
	m.Files = nil
	for _, name := range b.names {
		if name != ManifestFile && name != StatementFile && name != EnvelopeFile {
			m.Files = append(m.Files, File{name, int64(len(b.data[name])), digest(b.data[name])})
		}
	}
	run, err := reports.ReadJSON(bytes.NewReader(b.data["run/run.json"]))
	must(t, err)
	m.Tool, m.Product, m.Claims, m.Result, m.Stopped = run.Tool, run.Target, run.Claims, resultOf(run), run.Stopped
	b.sealWith(t, m, run)
}

func (b *box) sealWith(t *testing.T, m Manifest, run reports.Run) {
	t.Helper()
	var err error
	b.data[ManifestFile], err = encode(m)
	must(t, err)
	b.data[StatementFile], err = statement(b.data[ManifestFile], m, run)
	must(t, err)
	b.data[EnvelopeFile], err = sign(t.Context(), b.data[StatementFile], b.in.Key)
	must(t, err)
}

// editRun changes the record, and the reports with it.
func (b *box) editRun(t *testing.T, edit func(*reports.Run)) {
	t.Helper()
	run, err := reports.ReadJSON(bytes.NewReader(b.data["run/run.json"]))
	must(t, err)
	edit(&run)
	for name, write := range rendered {
		var out bytes.Buffer
		must(t, write(&out, run))
		b.data["run/"+name] = out.Bytes()
	}
}

// relog writes the progress log of the record anew.
func (b *box) relog(t *testing.T) {
	t.Helper()
	run, err := reports.ReadJSON(bytes.NewReader(b.data["run/run.json"]))
	must(t, err)
	var log bytes.Buffer
	p, err := reports.NewProgress(&log, run)
	must(t, err)
	for _, r := range run.Results {
		must(t, p.Append(r))
	}
	b.data["run/"+logFile] = log.Bytes()
}

func save(t *testing.T, file string, v any) {
	t.Helper()
	data, err := json.Marshal(v)
	must(t, err)
	must(t, os.WriteFile(file, data, 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
