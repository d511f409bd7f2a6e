package bundle

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
)

// What a bundle may hold at most: far more than any profile makes, and little
// enough that a crafted archive fills no disk.
const (
	mostFiles = 200_000
	mostBytes = 8 << 30
)

// ErrUnreadable is returned for what is no archive at all.
var ErrUnreadable = errors.New("not a bundle")

// Unpack takes an archive apart into a folder, which must be empty. It returns
// the files in the order of the archive, and what is wrong with the archive
// itself. Links, devices and names that lead out of the folder are not
// unpacked.
func Unpack(r io.Reader, dir string) ([]File, []Broken, error) {
	whole := bufio.NewReader(r)
	zip, err := gzip.NewReader(whole)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	zip.Multistream(false)
	u := unpacking{dir: dir, seen: map[string]bool{}}
	tape := tar.NewReader(zip)
	for {
		h, err := tape.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			if len(u.files) == 0 {
				return nil, nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
			}
			u.broke("", "the archive ends early or is damaged: %v", err)
			return u.files, u.broken, nil
		}
		if err := u.take(h, tape); err != nil {
			return nil, nil, err
		}
	}
	if n, err := io.Copy(io.Discard, zip); err != nil {
		u.broke("", "the archive is damaged: %v", err)
	} else if n > 0 {
		u.broke("", "%d bytes stand behind the archive's end", n)
	}
	if _, err := whole.ReadByte(); err != io.EOF {
		u.broke("", "something stands behind the end of the compressed part")
	}
	return u.files, u.broken, nil
}

type unpacking struct {
	dir    string
	files  []File
	seen   map[string]bool
	bytes  int64
	broken []Broken
}

func (u *unpacking) broke(file, format string, args ...any) {
	u.broken = append(u.broken, Broken{Rule: RuleArchive, File: file, Seen: fmt.Sprintf(format, args...)})
}

// take writes one entry. The error is for trouble of this machine.
func (u *unpacking) take(h *tar.Header, from io.Reader) error {
	switch {
	case h.Typeflag != tar.TypeReg:
		u.broke(h.Name, "not a regular file")
		return nil
	case !filepath.IsLocal(h.Name) || path.Clean(h.Name) != h.Name:
		u.broke(h.Name, "a name that leads elsewhere")
		return nil
	case u.seen[h.Name]:
		u.broke(h.Name, "there twice")
		return nil
	case len(u.files) >= mostFiles || u.bytes+h.Size > mostBytes:
		u.broke(h.Name, "more than %d files or %d bytes", mostFiles, int64(mostBytes))
		return nil
	}
	u.seen[h.Name] = true
	u.bytes += h.Size
	to := filepath.Join(u.dir, filepath.FromSlash(h.Name))
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		u.broke(h.Name, "its folder is a file")
		return nil
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", h.Name, err)
	}
	sum := sha256.New()
	n, readErr := io.Copy(io.MultiWriter(f, sum), from)
	if err := f.Close(); err != nil {
		return fmt.Errorf("unpacking %s: %w", h.Name, err)
	}
	if readErr != nil {
		u.broke(h.Name, "cut off: %v", readErr)
		return nil
	}
	u.files = append(u.files, File{h.Name, n, hex.EncodeToString(sum.Sum(nil))})
	return nil
}
