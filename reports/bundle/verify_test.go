package bundle

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

func verify(t *testing.T, packed []byte, o Options) Report {
	t.Helper()
	dir := t.TempDir()
	files, broken, err := Unpack(bytes.NewReader(packed), dir)
	must(t, err)
	return Verify(t.Context(), dir, files, broken, o)
}

func TestABundleIsValidAndAlwaysTheSame(t *testing.T) {
	in := sample(t)
	var first, second bytes.Buffer
	must(t, Write(t.Context(), &first, in))
	must(t, Write(t.Context(), &second, in))
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same run gave two bundles")
	}
	if r := verify(t, first.Bytes(), options(in)); !r.Valid || r.Result != "PASSED" || r.Signed != "key 1" || len(r.Notes) != 0 {
		t.Errorf("%+v", r)
	}
	weak := options(in)
	weak.Key, weak.Deep, weak.Tool.Version = nil, false, "2.0.0"
	if r := verify(t, first.Bytes(), weak); !r.Valid || len(r.Notes) != 2 {
		t.Errorf("%+v", r)
	}
	in.Key = nil
	var plain bytes.Buffer
	must(t, Write(t.Context(), &plain, in))
	if r := verify(t, plain.Bytes(), options(in)); r.Valid {
		t.Error("a bundle without signature passed for a signed one")
	}
	o := options(in)
	o.Key = nil
	if r := verify(t, plain.Bytes(), o); !r.Valid || r.Signed != "" || len(r.Notes) != 1 {
		t.Errorf("%+v", r)
	}
}

func TestWhatIsNoArchive(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("hello"), {0x1f, 0x8b}} {
		if _, _, err := Unpack(bytes.NewReader(data), t.TempDir()); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

const trialFolder = "run/rtsp/no-udp/"

// fail turns a passed trial into a failed one in the record, or back.
func grade(g rollover.Grade) func(*reports.Run) {
	return func(r *reports.Run) { r.Results[1].Verdict = g }
}

// Each forgery breaks the rules beside it; those of a careless forger come
// first, those of one who seals anew after.
var forgeries = []struct {
	name  string
	rules []Rule
	forge func(*testing.T, *box)
}{
	{"a capture is cut short", []Rule{RuleFiles, RuleEvidence}, func(t *testing.T, b *box) {
		b.data[trialFolder+"capture.pcapng"] = b.data[trialFolder+"capture.pcapng"][:9000]
	}},
	{"a byte of a capture is changed", []Rule{RuleFiles}, func(t *testing.T, b *box) {
		c := bytes.Clone(b.data[trialFolder+"capture.pcapng"])
		c[len(c)/2] ^= 1
		b.data[trialFolder+"capture.pcapng"] = c
	}},
	{"two captures change places", []Rule{RuleFiles, RuleEvidence}, func(t *testing.T, b *box) {
		x, y := trialFolder+"capture.pcapng", "run/rtsp/open/rtsp/capture.pcapng"
		b.data[x], b.data[y] = b.data[y], b.data[x]
	}},
	{"a verdict is edited by hand", []Rule{RuleFiles, RuleReports}, func(t *testing.T, b *box) {
		b.data["run/run.json"] = bytes.Replace(b.data["run/run.json"], []byte(`"took_ms": `), []byte(`"took_ms": 1`), 1)
	}},
	{"the page says something else", []Rule{RuleFiles, RuleReports}, func(t *testing.T, b *box) {
		b.data["run/index.html"] = bytes.ReplaceAll(b.data["run/index.html"], []byte("RTSPT"), []byte("RTSPU"))
	}},
	{"a file is taken out", []Rule{RuleFiles}, func(t *testing.T, b *box) { b.remove(trialFolder + "server.journal") }},
	{"a file is put in", []Rule{RuleFiles, RuleEvidence}, func(t *testing.T, b *box) { b.add("run/zzz.txt", "hello") }},
	{"a file is there twice", []Rule{RuleArchive}, func(t *testing.T, b *box) { b.names = append(b.names, SelftestFile) }},
	{"the files are in another order", []Rule{RuleArchive}, func(t *testing.T, b *box) { slices.Reverse(b.names) }},
	{"a name leads out", []Rule{RuleArchive}, func(t *testing.T, b *box) { b.add("../evil", "hello") }},
	{"no manifest", []Rule{RuleManifest}, func(t *testing.T, b *box) { b.remove(ManifestFile) }},
	{"the manifest has an unknown key", []Rule{RuleManifest}, func(t *testing.T, b *box) {
		b.data[ManifestFile] = bytes.Replace(b.data[ManifestFile], []byte("{"), []byte(`{"by": "me",`), 1)
	}},
	{"the manifest is of another form", []Rule{RuleManifest}, func(t *testing.T, b *box) {
		b.data[ManifestFile] = bytes.Replace(b.data[ManifestFile], []byte(`"format": 1`), []byte(`"format": 2`), 1)
	}},
	{"the product is renamed in the manifest", []Rule{RuleRecord, RuleStatement}, func(t *testing.T, b *box) {
		b.data[ManifestFile] = bytes.Replace(b.data[ManifestFile], []byte(`"4.2"`), []byte(`"4.3"`), 1)
	}},
	{"no statement", []Rule{RuleStatement}, func(t *testing.T, b *box) { b.remove(StatementFile) }},
	{"the statement is of another bundle", []Rule{RuleStatement, RuleSignature}, func(t *testing.T, b *box) {
		b.data[StatementFile] = bytes.Replace(b.data[StatementFile], []byte("PASSED"), []byte("FAILED"), 1)
	}},
	{"the signature is taken off", []Rule{RuleSignature}, func(t *testing.T, b *box) { b.remove(EnvelopeFile) }},
	{"the signature is damaged", []Rule{RuleSignature}, func(t *testing.T, b *box) {
		b.data[EnvelopeFile] = bytes.Replace(b.data[EnvelopeFile], []byte(`"sig": "`), []byte(`"sig": "AAAA`), 1)
	}},
	{"someone else has signed", []Rule{RuleSignature}, func(t *testing.T, b *box) {
		b.in.Key = newKey(2)
		b.reseal(t)
	}},
	{"sealed anew: a fail is made a pass", []Rule{RuleChain, RuleEvidence, RuleVerdicts}, func(t *testing.T, b *box) {
		b.editRun(t, grade(rollover.Fail)) // the sample passed; what counts is that it differs
		b.reseal(t)
	}},
	{"sealed anew, log and all: another verdict", []Rule{RuleEvidence, RuleVerdicts}, func(t *testing.T, b *box) {
		b.editRun(t, grade(rollover.Inconclusive))
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew, log and result too: another verdict", []Rule{RuleVerdicts}, func(t *testing.T, b *box) {
		b.editRun(t, grade(rollover.Fail))
		b.relog(t)
		b.data[trialFolder+"result.json"] = bytes.Replace(b.data[trialFolder+"result.json"], []byte(`"verdict":"pass"`), []byte(`"verdict":"fail"`), 1)
		b.reseal(t)
	}},
	{"sealed anew: another walk was seen", []Rule{RuleVerdicts}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) { r.Results[1].Observed = "RTSPU:played" })
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew: a trial is left out", []Rule{RuleChain, RuleProfile, RuleEvidence}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) { r.Results = r.Results[:2] })
		b.reseal(t)
	}},
	{"sealed anew, log and all: a trial is left out", []Rule{RuleProfile, RuleEvidence}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) { r.Results = r.Results[:2] })
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew: a trial has not run", []Rule{RuleProfile}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) { r.Results[1].Verdict, r.Results[1].Evidence = rollover.NotRun, "" })
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew: the run was cut short", []Rule{RuleRecord}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) { r.Aborted = reports.TimeLimit })
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew: only a shard", []Rule{RuleRecord}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) { r.Shard = &reports.Shard{Index: 1, Total: 2, Of: 3, Plan: digest(nil)} })
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew: a failure is excused", []Rule{RuleKnown}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) {
			r.Results[1].Known = &rollover.Known{Reason: "we know"}
		})
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew: an easier scenario", []Rule{RuleProfile, RuleVerdicts}, func(t *testing.T, b *box) {
		b.editRun(t, func(r *reports.Run) { r.Results[1].Scenario.Purpose = "an easy one" })
		b.relog(t)
		b.reseal(t)
	}},
	{"sealed anew: a profile of one's own", []Rule{RuleProfile}, func(t *testing.T, b *box) {
		var m Manifest
		must(t, decode(b.data[ManifestFile], &m))
		m.Profile.Scenarios = m.Profile.Scenarios[:1]
		run, err := reports.ReadJSON(bytes.NewReader(b.data["run/run.json"]))
		must(t, err)
		b.sealWith(t, m, run)
	}},
	{"sealed anew: lines of the log change places", []Rule{RuleChain}, func(t *testing.T, b *box) {
		lines := bytes.SplitAfter(b.data["run/"+logFile], []byte("\n"))
		lines[0], lines[1] = lines[1], lines[0]
		b.data["run/"+logFile] = bytes.Join(lines, nil)
		b.reseal(t)
	}},
	{"sealed anew: the log ends early", []Rule{RuleChain}, func(t *testing.T, b *box) {
		log := b.data["run/"+logFile]
		b.data["run/"+logFile] = log[:len(log)-10]
		b.reseal(t)
	}},
	{"sealed anew: a fault survived", []Rule{RuleSelftest}, func(t *testing.T, b *box) {
		b.data[SelftestFile] = bytes.Replace(b.data[SelftestFile], []byte("true"), []byte("false"), 1)
		b.reseal(t)
	}},
	{"sealed anew: a fault was not planted", []Rule{RuleSelftest}, func(t *testing.T, b *box) {
		b.data[SelftestFile] = []byte(`{"faults": []}`)
		b.reseal(t)
	}},
	{"sealed anew: a capture of another trial", []Rule{RuleEvidence, RuleVerdicts}, func(t *testing.T, b *box) {
		b.data[trialFolder+"capture.pcapng"] = b.data["run/rtsp/open/rtsp/capture.pcapng"]
		b.reseal(t)
	}},
	{"sealed anew: the record has an unknown key", []Rule{RuleRecord}, func(t *testing.T, b *box) {
		sealed := bytes.Replace(b.data["run/run.json"], []byte("{"), []byte(`{"extra": 1,`), 1)
		b.data["run/run.json"] = sealed
	}},
}

func (b *box) remove(name string) {
	b.names = slices.DeleteFunc(b.names, func(n string) bool { return n == name })
}

func (b *box) add(name, text string) {
	b.names = append(b.names, name)
	b.data[name] = []byte(text)
}

func TestForgeriesAreRefused(t *testing.T) {
	in := sample(t)
	var packed bytes.Buffer
	must(t, Write(t.Context(), &packed, in))
	for _, f := range forgeries {
		t.Run(strings.ReplaceAll(f.name, " ", "-"), func(t *testing.T) {
			t.Parallel()
			b := openBox(t, in, packed.Bytes())
			f.forge(t, b)
			r := verify(t, b.pack(t), options(in))
			if r.Valid {
				t.Fatal("taken for valid")
			}
			for _, rule := range f.rules {
				if !slices.ContainsFunc(r.Broken, func(x Broken) bool { return x.Rule == rule }) {
					t.Errorf("rule %s is broken and not named:\n%s", rule, list(r))
				}
			}
		})
	}
}

// What stands behind the end, or ends before it, is no bundle of ours either.
func TestDamagedArchivesAreRefused(t *testing.T) {
	in := sample(t)
	var packed, more bytes.Buffer
	must(t, Write(t.Context(), &packed, in))
	zip := gzip.NewWriter(&more)
	_, err := zip.Write([]byte("more"))
	must(t, errors.Join(err, zip.Close()))
	for name, data := range map[string][]byte{
		"cut":       packed.Bytes()[:packed.Len()/2],
		"no end":    packed.Bytes()[:packed.Len()-9],
		"trailing":  append(bytes.Clone(packed.Bytes()), 'x'),
		"continued": append(bytes.Clone(packed.Bytes()), more.Bytes()...),
	} {
		r := verify(t, data, options(in))
		if r.Valid || !slices.ContainsFunc(r.Broken, func(x Broken) bool { return x.Rule == RuleArchive }) {
			t.Errorf("%s: %s", name, list(r))
		}
	}
}

func list(r Report) string {
	var b strings.Builder
	for _, x := range r.Broken {
		fmt.Fprintf(&b, "%s %s: %s\n", x.Rule, x.File, x.Seen)
	}
	return b.String()
}
