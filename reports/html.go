package reports

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed templates
var files embed.FS

var pageTemplate = template.Must(template.New("page.html").ParseFS(files, "templates/*.html"))

// The page's own style and script, the only ones it lets a browser use.
var (
	style  = read("templates/style.css")
	script = read("templates/script.js")
)

func read(name string) string {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(fmt.Sprintf("embedded file: %v", err))
	}
	return string(data)
}

// policy lets the page load nothing and run nothing but its own script, so
// that nothing a peer sent can do more than be read.
func policy() string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// WriteHTML writes the run as one page that needs nothing beside it: no
// network, no other file. Links to evidence are relative, so the page belongs
// into the run's folder.
func WriteHTML(w io.Writer, r Run) error {
	if err := pageTemplate.Execute(w, newPage(r)); err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	return nil
}
