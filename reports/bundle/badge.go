package bundle

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"unicode/utf8"
)

//go:embed badge.svg
var badgeSVG string

var badge = template.Must(template.New("badge").Parse(badgeSVG))

// WriteBadge draws what a valid bundle says as a small SVG for a README: the
// profile and its release, the result and the day.
func WriteBadge(w io.Writer, r Report, day string) error {
	label := fmt.Sprintf("%s/%d", r.Profile, r.Release)
	word, colour := "failed", "#b42318"
	switch r.Result {
	case "PASSED":
		word, colour = "passed", "#16704a"
	case "WARNED":
		word, colour = "unclear", "#9a5b00"
	}
	word += " " + day
	left, right := width(label), width(word)
	return badge.Execute(w, map[string]any{
		"Label": label, "Word": word, "Colour": colour, "Title": fmt.Sprintf("%s %s %s: %s %s", r.Product.Vendor, r.Product.Product, r.Product.Version, label, word),
		"Left": left, "Right": right, "Whole": left + right, "LabelAt": left / 2, "WordAt": left + right/2,
	})
}

// width is room enough for a text at 11 pixels, with its margins.
func width(text string) int { return 7*utf8.RuneCountInString(text) + 16 }
