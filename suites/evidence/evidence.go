// Package evidence is the folder of a trial, written and read.
//
// A trial does nothing but gather; what it gathered lies in one folder
// (contract.md, "What a run leaves"). Whatever a failure message claims, a
// file here shows, and everything after gathering starts from here: the same
// folder, copied to another machine, gives the same verdict again.
//
// [Create] opens a folder for writing, [Read] takes one in. Files that are
// missing or damaged do not stop Read: they are listed in [Evidence.Missing],
// and judging them is the judge's business. Only a folder without a readable
// scenario.yaml and setup.json is no evidence at all ([ErrUnreadable]).
package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// The files of a folder.
const (
	ScenarioFile      = "scenario.yaml"
	SetupFile         = "setup.json"
	CaptureFile       = "capture.pcapng"
	RulesetFile       = "ruleset.nft"
	CountersFile      = "counters.json"
	ClientJournalFile = "client.journal"
	ServerJournalFile = "server.journal"
	ClientLogFile     = "client.log"
	ServerLogFile     = "server.log"
	ResultFile        = "result.json"
)

// ErrUnreadable is returned for a folder that is no evidence of a trial.
var ErrUnreadable = errors.New("not a trial's folder")

// Folder is a trial's folder that is being written.
type Folder struct{ dir string }

// Create makes the folder, with its parents. Files of an earlier trial in it
// are removed first, so that no old capture is taken for the new one.
func Create(dir string) (Folder, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Folder{}, fmt.Errorf("creating evidence folder: %w", err)
	}
	f := Folder{dir: dir}
	for _, name := range files() {
		if err := os.Remove(f.Path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return Folder{}, fmt.Errorf("clearing evidence folder: %w", err)
		}
	}
	return f, nil
}

func files() []string {
	return []string{ScenarioFile, SetupFile, CaptureFile, RulesetFile, CountersFile,
		ClientJournalFile, ServerJournalFile, ClientLogFile, ServerLogFile, ResultFile}
}

// Path is the path of one of the folder's files.
func (f Folder) Path(name string) string { return filepath.Join(f.dir, name) }

// Open creates one of the folder's files for writing in pieces.
func (f Folder) Open(name string) (*os.File, error) {
	file, err := os.Create(f.Path(name))
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", name, err)
	}
	return file, nil
}

// Sum is the SHA-256 of one of the folder's files, in hexadecimal.
func (f Folder) Sum(name string) (string, error) {
	file, err := os.Open(f.Path(name))
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// WriteScenario writes scenario.yaml with every default filled in.
func (f Folder) WriteScenario(s rollover.Scenario) error {
	return f.write(ScenarioFile, rollover.MarshalScenario(s))
}

// WriteSetup writes setup.json.
func (f Folder) WriteSetup(s rollover.Setup) error { return f.writeJSON(SetupFile, s) }

// WriteCounters writes counters.json.
func (f Folder) WriteCounters(c []rollover.Counter) error { return f.writeJSON(CountersFile, c) }

// WriteResult writes result.json.
func (f Folder) WriteResult(r rollover.Result) error { return f.writeJSON(ResultFile, r) }

// WriteRuleset writes ruleset.nft, the rules as people read them.
func (f Folder) WriteRuleset(text string) error { return f.write(RulesetFile, []byte(text)) }

func (f Folder) writeJSON(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return f.write(name, append(data, '\n'))
}

func (f Folder) write(name string, data []byte) error {
	if err := os.WriteFile(f.Path(name), data, 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// Evidence is a folder's contents, all but the capture.
type Evidence struct {
	Dir      string
	Scenario rollover.Scenario
	Setup    rollover.Setup
	Counters []rollover.Counter
	Ruleset  string
	Journals map[rollover.Party][]rollover.JournalEntry
	Missing  []string // files missing or damaged, with the reason
}

// Read takes a folder in. The error is [ErrUnreadable] with the reason where
// scenario.yaml or setup.json cannot be read.
func Read(dir string) (Evidence, error) {
	e := Evidence{Dir: dir, Journals: map[rollover.Party][]rollover.JournalEntry{}}
	path := filepath.Join(dir, ScenarioFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return e, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	scenarios, err := rollover.LoadScenarios(path, data)
	if err != nil {
		return e, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if len(scenarios) != 1 {
		return e, fmt.Errorf("%w: %s holds %d scenarios instead of one", ErrUnreadable, path, len(scenarios))
	}
	e.Scenario = scenarios[0]
	if err := readJSON(dir, SetupFile, &e.Setup); err != nil {
		return e, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	e.note(readJSON(dir, CountersFile, &e.Counters))
	ruleset, err := os.ReadFile(filepath.Join(dir, RulesetFile))
	e.note(err)
	e.Ruleset = string(ruleset)
	if _, err := os.Stat(filepath.Join(dir, CaptureFile)); err != nil {
		e.note(err)
	}
	for party, name := range map[rollover.Party]string{rollover.PartyClient: ClientJournalFile, rollover.PartyServer: ServerJournalFile} {
		entries, err := readJournal(filepath.Join(dir, name))
		e.note(err)
		e.Journals[party] = entries
	}
	return e, nil
}

// Capture opens the folder's capture.
func (e Evidence) Capture() (io.ReadCloser, error) {
	return os.Open(filepath.Join(e.Dir, CaptureFile))
}

func (e *Evidence) note(err error) {
	if err != nil {
		e.Missing = append(e.Missing, err.Error())
	}
}

func readJSON(dir, name string, v any) error {
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
