package reports

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// element is XML as a reader that knows nothing of our types has it.
type element struct {
	name     string
	attr     map[string]string
	children []*element
	pieces   []string // of its own text, without blanks between elements
}

func (e *element) all(name string) []*element {
	var out []*element
	for _, c := range e.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

func (e *element) first(name string) *element {
	if all := e.all(name); len(all) > 0 {
		return all[0]
	}
	return nil
}

func (e *element) text() string { return strings.Join(e.pieces, "") }

// textOf is the text of a child that may be missing.
func (e *element) textOf(name string) string {
	if c := e.first(name); c != nil {
		return c.text()
	}
	return ""
}

func treeOf(t *testing.T, data []byte) *element {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	root := &element{}
	open := []*element{root}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		top := open[len(open)-1]
		switch v := token.(type) {
		case xml.StartElement:
			e := &element{name: v.Name.Local, attr: map[string]string{}}
			for _, a := range v.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			top.children = append(top.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if strings.TrimSpace(string(v)) != "" || len(top.pieces) > 0 {
				top.pieces = append(top.pieces, string(v))
			}
		}
	}
	if len(root.children) != 1 {
		t.Fatalf("%d root elements", len(root.children))
	}
	return root.children[0]
}

// readCase is what a report's reader shows of a test case.
type readCase struct {
	status      string // passed, failed, error, skipped
	group, name string // class and test, as the reader lists them
	message     string // on a line
	details     string // beneath it
	output      string
	attachments []string
	seconds     float64
}

// reader is somebody's reader of JUnit files, by its rules.
type reader func(t *testing.T, root *element) []readCase

// readers are those that pipelines meet.
var readers = map[string]reader{
	"GitLab": readLikeGitLab, "Jenkins": readLikeJenkins, "dorny/test-reporter": readLikeDorny, "mikepenz/action-junit-report": readLikeMikepenz,
}
