package bundle

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/rollover-conformance/rollover/reports"
)

// Input is what a bundle is made of.
type Input struct {
	Run      reports.Run
	Folder   fs.FS // of the run
	Selftest []byte
	Profile  Profile
	Key      dsse.Signer // nil: the statement is not signed
}

// logFile is the run's own file that cannot be made again from its record.
const logFile = "progress.jsonl"

// rendered are the reports; a bundle's are made from the record, so that they
// depend on nothing else.
var rendered = map[string]func(io.Writer, reports.Run) error{
	"run.json": reports.WriteJSON, "junit.xml": reports.WriteJUnit, "index.html": reports.WriteHTML,
}

// Write packs a bundle. Its bytes depend on the input alone; a signature by
// ed25519 does, too.
func Write(ctx context.Context, w io.Writer, in Input) error {
	made, err := in.made()
	if err != nil {
		return err
	}
	names, err := in.kept()
	if err != nil {
		return err
	}
	m := Manifest{
		Format: Format, Tool: in.Run.Tool, Product: in.Run.Target, Claims: in.Run.Claims, Profile: in.Profile,
		Result: resultOf(in.Run), Stopped: in.Run.Stopped,
	}
	for name, data := range made {
		m.Files = append(m.Files, File{name, int64(len(data)), digest(data)})
	}
	for _, name := range names {
		data, err := fs.ReadFile(in.Folder, name)
		if err != nil {
			return fmt.Errorf("packing %s: %w", name, err)
		}
		m.Files = append(m.Files, File{path.Join(RunFolder, name), int64(len(data)), digest(data)})
	}
	slices.SortFunc(m.Files, byPath)
	manifest, err := encode(m)
	if err != nil {
		return err
	}
	said, err := statement(manifest, m, in.Run)
	if err != nil {
		return err
	}
	a := newArchive(w, in.Run.Stopped)
	a.add(ManifestFile, manifest)
	a.add(StatementFile, said)
	if in.Key != nil {
		envelope, err := sign(ctx, said, in.Key)
		if err != nil {
			return err
		}
		a.add(EnvelopeFile, envelope)
	}
	for _, f := range m.Files {
		data, ok := made[f.Path]
		if !ok {
			if data, err = fs.ReadFile(in.Folder, strings.TrimPrefix(f.Path, RunFolder+"/")); err != nil {
				return fmt.Errorf("packing %s: %w", f.Path, err)
			}
		}
		a.add(f.Path, data)
	}
	return a.close()
}

// made are the files that come from no folder, by their path in the bundle.
func (in Input) made() (map[string][]byte, error) {
	all := map[string][]byte{SelftestFile: in.Selftest}
	for name, write := range rendered {
		var b bytes.Buffer
		if err := write(&b, in.Run); err != nil {
			return nil, fmt.Errorf("rendering %s: %w", name, err)
		}
		all[path.Join(RunFolder, name)] = b.Bytes()
	}
	return all, nil
}

func byPath(a, b File) int { return cmp.Compare(a.Path, b.Path) }

// kept are the names of what goes in as it stands in the run's folder: the
// log, and everything in the folder of each trial.
func (in Input) kept() ([]string, error) {
	names := []string{logFile}
	for _, r := range in.Run.Results {
		if r.Evidence == "" {
			continue
		}
		err := fs.WalkDir(in.Folder, r.ID, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if !d.Type().IsRegular() {
				return fmt.Errorf("%s is no regular file", name)
			}
			names = append(names, name)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("packing the evidence of %s: %w", r.ID, err)
		}
	}
	return names, nil
}

// archive is a .tar.gz whose bytes depend on names and contents alone.
type archive struct {
	zip  *gzip.Writer
	tar  *tar.Writer
	when time.Time
	err  error
}

func newArchive(w io.Writer, when time.Time) *archive {
	zip := gzip.NewWriter(w)
	return &archive{zip: zip, tar: tar.NewWriter(zip), when: when.UTC().Truncate(time.Second)}
}

func (a *archive) add(name string, data []byte) {
	if a.err != nil {
		return
	}
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644, ModTime: a.when, Format: tar.FormatPAX}
	if a.err = a.tar.WriteHeader(h); a.err == nil {
		_, a.err = a.tar.Write(data)
	}
}

func (a *archive) close() error {
	if err := errors.Join(a.err, a.tar.Close(), a.zip.Close()); err != nil {
		return fmt.Errorf("writing the bundle: %w", err)
	}
	return nil
}
