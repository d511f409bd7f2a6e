package rollover

import (
	"fmt"
	"regexp"
	"strings"
)

var globChars = regexp.MustCompile(`^[a-z0-9/*-]+$`)

// Glob reads an ID in which * stands for anything within one part and ** for
// anything across parts, and returns what it matches. The error is for a
// character that no ID has.
func Glob(text string) (match func(id string) bool, err error) {
	if !globChars.MatchString(text) {
		return nil, fmt.Errorf("glob %q: found a character that no ID has; allowed: a-z 0-9 - / * **", text)
	}
	pattern := regexp.QuoteMeta(text)
	pattern = strings.ReplaceAll(pattern, `\*\*`, `.*`)
	pattern = strings.ReplaceAll(pattern, `\*`, `[^/]*`)
	compiled, err := regexp.Compile("^" + pattern + "$")
	if err != nil {
		return nil, fmt.Errorf("glob %q: %w", text, err)
	}
	return compiled.MatchString, nil
}
