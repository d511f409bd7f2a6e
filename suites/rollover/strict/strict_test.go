package strict

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

type sheet struct {
	Name  string
	Port  int
	On    bool
	Wait  time.Duration
	Kind  string
	Tags  []string
	Raw   string
	Inner *sheet
}

func (s *sheet) read(n Node) {
	n.Object(
		Need("name", func(n Node) { s.Name = n.Text() }),
		Key("port", func(n Node) { s.Port = n.Int(1, 65535) }),
		Key("on", func(n Node) { s.On = n.Bool() }),
		Key("wait", func(n Node) { s.Wait = n.Duration(time.Hour) }),
		Key("kind", func(n Node) { s.Kind = n.Word("low", "high") }),
		Key("tags", func(n Node) { s.Tags = n.Words("a", "b") }),
		Key("raw", func(n Node) { s.Raw = n.Scalar() }),
		Key("inner", func(n Node) { s.Inner = &sheet{}; s.Inner.read(n) }),
	)
}

func read(text string) (sheet, error) {
	var s sheet
	err := Read("f.yaml", []byte(text), s.read)
	return s, err
}

func TestRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]sheet{
		"name: x":                               {Name: "x"},
		"name: \"1\"\nport: 80\non: true\n":     {Name: "1", Port: 80, On: true},
		"{name: x, wait: 1m30s, kind: high}":    {Name: "x", Wait: 90 * time.Second, Kind: "high"},
		"name: |\n  two\n  lines\ntags: [b, a]": {Name: "two\nlines\n", Tags: []string{"b", "a"}},
		"name: x\nraw: 0x80070005":              {Name: "x", Raw: "0x80070005"},
		"name: x\nraw: 9.10":                    {Name: "x", Raw: "9.10"},
		"name: &n x\ninner: {name: *n}":         {Name: "x", Inner: &sheet{Name: "x"}},
		"inner: &i {name: y}\nname: x":          {Name: "x", Inner: &sheet{Name: "y"}},
		"# a comment\nname: x # another":        {Name: "x"},
		"name: off":                             {Name: "off"}, // YAML 1.2: a text
		"name: 'ein Wörterbuch'":                {Name: "ein Wörterbuch"},
	} {
		got, err := read(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"name: 1":                             "f.yaml:1:7: name: found the number 1; allowed: a text; write it in quotation marks",
		"name: true":                          "found the truth value true",
		"name: [x]":                           "f.yaml:1:7: name: found a list; allowed: a text",
		"name: {a: b}":                        "found an object",
		"name:":                               "found nothing",
		"port: 80":                            "f.yaml:1:1: key \"name\" is missing",
		"name: x\nport: 0":                    "f.yaml:2:7: port: found the number 0; allowed: a number from 1 to 65535",
		"name: x\nport: 99999999999999999999": "f.yaml:2:7: port",
		"name: x\nport: 1.5":                  "the number 1.5",
		"name: x\nport: -1":                   "the number -1",
		"name: x\non: yes":                    `found the text "yes"; allowed: true or false`,
		"name: x\nwait: 5":                    "allowed: a duration such as",
		"name: x\nwait: 2h":                   "at most 1h",
		"name: x\nwait: -1s":                  "allowed: a duration",
		"name: x\nkind: middle":               `kind: found the text "middle"; allowed: low high`,
		"name: x\nkind: [low]":                "found a list; allowed: low high",
		"name: x\ntags: [a, a]":               `tags: "a" a second time; allowed: each once`,
		"name: x\ntags: a":                    "allowed: a list",
		"name: x\nnmae: y":                    `f.yaml:2:1: unknown key "nmae"; allowed: name port on wait kind tags raw inner`,
		"name: x\ninner: {nmae: y}":           `unknown key "nmae" in inner`,
		"name: x\nname: y":                    "f.yaml:2:1: ",
		"name: x\ninner: *nobody":             "f.yaml:2:8: ",
		"name: &a [*a]":                       "found a list",
		"name: !!str x":                       "found a tag",
		"<<: {name: x}":                       `unknown key "<<"`,
		"[1, 2":                               "f.yaml:1:",
		"\tname: x":                           "f.yaml:1:5: tab character",
		"- x":                                 "f.yaml:1:1: found a list; allowed: an object",
		"":                                    "f.yaml: found nothing",
		"name: x\n---\nname: y":               "f.yaml:3:1: a second YAML document",
		"name: \"\xff\"":                      "not UTF-8",
		strings.Repeat("[", 100):              "nested too deeply",
		strings.Repeat("- ", 100) + "x":       "nested too deeply",
		strings.Repeat("x", maxSize+1):        "bytes",
	} {
		got, err := read(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %+v\n got %v\nwant %s", text, got, err, want)
		}
	}
}

// TestThePlaceIsShown: the mark stands under the place, tabs and wide
// characters included.
func TestThePlaceIsShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"name: x\nport: 0":             "    2 | port: 0\n      |       ^",
		"{name: ä, port: 0}":           "    1 | {name: ä, port: 0}\n      |                 ^",
		"name: x\n# \x1b[31m\nport: 0": "    3 | port: 0\n      |       ^",
	} {
		if _, err := read(text); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: got\n%v\nwant\n%s", text, err, want)
		}
	}
}

func TestEachErrorIsAValue(t *testing.T) {
	t.Parallel()
	_, err := read("port: 0\nkind: x\n")
	var one *Error
	if !errors.As(err, &one) || one.File != "f.yaml" || one.Line != 1 {
		t.Errorf("first error %+v of %v", one, err)
	}
	if n := strings.Count(err.Error(), "f.yaml:"); n != 3 {
		t.Errorf("%d errors, want 3:\n%v", n, err)
	}
	_, err = read("name: x\ntags: [" + strings.Repeat("c, ", 50) + "c]")
	if !strings.Contains(err.Error(), "f.yaml: 31 more errors") {
		t.Errorf("no end of errors:\n%v", err)
	}
}

// TestAliasesAreBounded: a file of few bytes cannot make much work.
func TestAliasesAreBounded(t *testing.T) {
	t.Parallel()
	text := "- &n x\n- [" + strings.Repeat("*n, ", 5000) + "*n]"
	err := Read("f.yaml", []byte(text), func(root Node) {
		root.List(func(_ int, item Node) {
			if item.IsList() {
				item.List(func(_ int, inner Node) { inner.Text() })
			}
		})
	})
	if err == nil || !strings.Contains(err.Error(), "cannot be followed") || len(err.Error()) > 20_000 {
		t.Errorf("got %.200v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name: x\nport: 80\ninner: {name: y, tags: [a]}\n"))
	f.Add([]byte("name: &n |\n  x\ninner: *n\n"))
	f.Add([]byte("? a\n: - - b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s sheet
		if err := Read("f.yaml", data, s.read); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
