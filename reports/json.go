package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// WriteJSON writes the run record: indented, keys in the order of the schema,
// absent lists as empty ones. Equal records give equal bytes.
func WriteJSON(w io.Writer, r Run) error {
	r.Schema = SchemaVersion
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(withLists(r)); err != nil {
		return fmt.Errorf("write run record: %w", err)
	}
	return nil
}

// ReadJSON reads a run record. A record of a newer schema, an unknown field,
// an unknown verdict, an ID given twice, or anything after the record is an
// error that names it.
func ReadJSON(rd io.Reader) (Run, error) {
	data, err := io.ReadAll(rd)
	if err != nil {
		return Run{}, fmt.Errorf("read run record: %w", err)
	}
	var head struct {
		Schema *int `json:"schema"`
	}
	switch err := json.Unmarshal(data, &head); {
	case err != nil:
		return Run{}, fmt.Errorf("read run record: %w", placed(data, err))
	case head.Schema == nil:
		return Run{}, errors.New("read run record: no schema number: not a run record")
	case *head.Schema > SchemaVersion:
		return Run{}, fmt.Errorf("read run record: schema %d is newer than %d, the newest this program knows",
			*head.Schema, SchemaVersion)
	case *head.Schema < 1:
		return Run{}, fmt.Errorf("read run record: schema %d does not exist", *head.Schema)
	}
	var r Run
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Run{}, fmt.Errorf("read run record: %w", placed(data, err))
	}
	return r, checkResults(r.Results)
}

// checkResults refuses results that no report could render truthfully.
func checkResults(results []rollover.Result) error {
	seen := make(map[string]bool, len(results))
	for i, res := range results {
		switch {
		case res.ID == "":
			return fmt.Errorf("read run record: result %d has no id", i+1)
		case seen[res.ID]:
			return fmt.Errorf("read run record: %s is there twice", res.ID)
		case !slices.Contains(rollover.Grades(), res.Verdict):
			return fmt.Errorf("read run record: %s: unknown verdict %q (known: %v)", res.ID, res.Verdict, rollover.Grades())
		}
		seen[res.ID] = true
	}
	return nil
}

// placed adds line and column to a JSON error that knows its offset.
func placed(data []byte, err error) error {
	var offset int64
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset
	} else {
		return err
	}
	before := data[:min(int(offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}
