package campaign

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// The files of a run's folder.
const (
	RecordFile   = "run.json"
	ProgressFile = "progress.jsonl"
	JUnitFile    = "junit.xml"
	HTMLFile     = "index.html"
)

// ErrNotARun is returned for a folder that holds something else.
var ErrNotARun = errors.New("exists, is not empty and is no run of ours")

// Check reports whether a run may be written to the folder: it does not exist
// yet, is empty, or holds an earlier run.
func Check(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range []string{RecordFile, ProgressFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%s %w", dir, ErrNotARun)
}

// Prepare makes the folder of a run where [Check] allows it.
func Prepare(dir string) error {
	if err := Check(dir); err != nil {
		return err
	}
	return os.MkdirAll(dir, 0o755)
}

// progressLog is progress.jsonl, open for appending.
type progressLog struct {
	*reports.Progress
	file *os.File
}

// openProgress writes the record of the planned run and begins its log, so
// that a run killed at any moment can be reported.
func openProgress(dir string, planned reports.Run) (*progressLog, error) {
	// An earlier run's log goes first: beside the new record it would be one that
	// was tampered with.
	if err := os.Remove(filepath.Join(dir, ProgressFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("ending the earlier progress log: %w", err)
	}
	if err := replaceFile(filepath.Join(dir, RecordFile), planned); err != nil {
		return nil, err
	}
	file, err := os.Create(filepath.Join(dir, ProgressFile))
	if err != nil {
		return nil, fmt.Errorf("beginning the progress log: %w", err)
	}
	log, err := reports.NewProgress(file, planned)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	p := &progressLog{Progress: log, file: file}
	for _, r := range planned.Results {
		if r.Verdict != rollover.NotApplicable {
			continue
		}
		if err := log.Append(r); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return p, nil
}

func (p *progressLog) Close() error { return p.file.Close() }

// keep puts a finished trial into the record and the log, with what is known of
// it, and returns it so.
func (c *campaign) keep(p play, r rollover.Result) rollover.Result {
	r = c.Known.Mark(r)
	c.run.Results[p.index] = r
	if err := c.log.Append(r); err != nil && c.run.Aborted == "" {
		c.run.Aborted = err.Error()
	}
	return r
}

// close finishes the record and writes it.
func (c *campaign) close(ctx context.Context) (reports.Run, error) {
	c.run.Stopped = time.Now().UTC()
	if c.run.Aborted == "" && ctx.Err() != nil {
		c.run.Aborted = EndOf(ctx)
	}
	return c.run, replaceFile(filepath.Join(c.Out, RecordFile), c.run)
}

// ErrTerminated is the cause of a context that SIGTERM has ended.
var ErrTerminated = errors.New(reports.Terminated)

// EndOf is what a record calls the early end of a run whose context has ended.
func EndOf(ctx context.Context) string {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errTimeLimit):
		return reports.TimeLimit
	case errors.Is(cause, ErrTerminated):
		return reports.Terminated
	}
	return reports.Interrupted
}

// replaceFile writes the record beside the file, syncs it and renames it: a
// reader sees the old one or the new one, whole.
func replaceFile(path string, run reports.Run) error {
	return ReplaceFile(path, func(f *os.File) error { return reports.WriteJSON(f, run) })
}

// ReplaceFile writes a file beside the path, syncs it and renames it there.
func ReplaceFile(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(f.Name()) // no longer there once it was renamed
	err = errors.Join(write(f), f.Chmod(0o644), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

func info(t target.Target) reports.TargetInfo {
	return reports.TargetInfo{Vendor: t.Vendor, Product: t.Product, Version: t.Version, Role: string(t.Role), Name: t.Name}
}

func claims(t target.Target) reports.Claims {
	c := reports.Claims{WMS: t.Claims.WMS, FastCache: t.Claims.FastCache, IPv6: t.Claims.IPv6,
		Multicast: t.Claims.Multicast, Admin: t.Claims.Admin, Seek: t.Claims.Seek, Clients: t.Claims.Clients}
	for _, d := range t.Claims.Dialects {
		c.Dialects = append(c.Dialects, string(d))
	}
	for _, r := range t.Claims.Rungs {
		c.Rungs = append(c.Rungs, string(r))
	}
	return c
}

func thisHost() reports.Host {
	h := reports.Host{OS: runtime.GOOS, CPUs: runtime.NumCPU(), Root: isRoot()}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		h.Kernel = unix.ByteSliceToString(u.Release[:])
	}
	return h
}

// isRoot tells the machine's root from the one of a user namespace: only the
// former is mapped to user 0 outside (user_namespaces(7)).
func isRoot() bool {
	data, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		return os.Getuid() == 0
	}
	fields := strings.Fields(string(data))
	return os.Getuid() == 0 && len(fields) > 1 && fields[1] == "0"
}
