package target

import (
	"fmt"
	"strings"
	gotemplate "text/template"

	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// Values is what the templates of a target file may name.
type Values struct {
	Clip    ClipValues
	Host    string // the server's address, in brackets where IPv6 wants them
	Moniker string
	Port    string // empty, or ":8554"
	URL     string // what a client is to play
	Off     string // protocols switched off in the client, with commas between
	Dir     string // a folder of the program's own
}

// ClipValues is the clip as templates name it.
type ClipValues struct {
	Dir  string // the folder that holds it
	ASF  string // its path
	Name string // its file name
}

// Expand fills in one template. Templates were checked when the file was
// read, so an error is a value that the template refuses.
func Expand(template string, v Values) (string, error) {
	t, err := parse(template)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if err := t.Execute(&b, v); err != nil {
		return "", fmt.Errorf("filling in %q: %w", template, err)
	}
	return b.String(), nil
}

// ExpandAll fills in each template. An argument that becomes empty is left
// out, so that a template can decide whether an option is given.
func ExpandAll(templates []string, v Values) ([]string, error) {
	var out []string
	for _, t := range templates {
		s, err := Expand(t, v)
		if err != nil {
			return nil, err
		}
		if s != "" || t == "" {
			out = append(out, s)
		}
	}
	return out, nil
}

func parse(template string) (*gotemplate.Template, error) {
	t, err := gotemplate.New("").Option("missingkey=error").Parse(template)
	if err != nil {
		return nil, fmt.Errorf("template %q: %s", template, strings.TrimPrefix(err.Error(), "template: :"))
	}
	return t, nil
}

// placeholders is what messages say is allowed.
const placeholders = "{{.Clip.Dir}} {{.Clip.ASF}} {{.Clip.Name}} {{.Host}} {{.Moniker}} {{.Port}} {{.URL}} {{.Off}} {{.Dir}}"

// template reads a text that is a template, and tries it with empty values so
// that a misspelt name is found when the file is read.
func template(n strict.Node) string {
	s := n.Text()
	if _, err := Expand(s, Values{}); err != nil {
		n.Fail(err.Error(), placeholders)
	}
	return s
}
