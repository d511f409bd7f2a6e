package rollover

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Reader hands over the content of a file that a selector names. This package
// opens none itself.
type Reader func(name string) ([]byte, error)

// maxLists bounds how deep lists of selectors may name each other.
const maxLists = 8

// Select is [SelectFrom] where no file can be read.
func Select(selectors []string, all []Scenario) ([]Scenario, error) {
	return SelectFrom(selectors, all, nil)
}

// SelectFrom returns the scenarios that any of the selectors names, each once:
// those of all in their order, then those of files. Without a selector it
// returns all. A selector is tried as, in this order: @list.txt, file.yaml, an
// exact ID, a glob (* within one part, ** across /), a label expression
// (core && !ipv6). One that names nothing known is an error.
//
// IDs of a file stay apart from those of all, unless both are selected: then
// two that clash are an error.
func SelectFrom(selectors []string, all []Scenario, read Reader) ([]Scenario, error) {
	if len(selectors) == 0 {
		return slices.Clone(all), nil
	}
	c := &selection{all: all, chosen: make([]bool, len(all)), read: read}
	var errs []error
	for _, sel := range selectors {
		errs = append(errs, c.add(sel, 0))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var out []Scenario
	for i, s := range all {
		if c.chosen[i] {
			out = append(out, s)
		}
	}
	out = append(out, c.fromFiles...)
	return out, Distinct(out)
}

// selection is what selectors have named so far.
type selection struct {
	all       []Scenario
	chosen    []bool // by index into all
	fromFiles []Scenario
	files     []string
	read      Reader
}

func (c *selection) add(sel string, depth int) error {
	sel = strings.TrimSpace(sel)
	switch {
	case sel == "":
		return errors.New("an empty selector")
	case strings.HasPrefix(sel, "@"):
		return c.addList(sel[1:], depth)
	case strings.HasSuffix(sel, ".yaml"), strings.HasSuffix(sel, ".yml"):
		return c.addFile(sel)
	case c.choose(func(s Scenario) bool { return s.ID == sel }) > 0:
		return nil
	case strings.Contains(sel, "*"):
		return c.addGlob(sel)
	}
	return c.addLabels(sel)
}

// choose marks what matches and says how many did.
func (c *selection) choose(match func(Scenario) bool) (n int) {
	for i, s := range c.all {
		if match(s) {
			c.chosen[i] = true
			n++
		}
	}
	return n
}

// addList reads selectors, one a line; # begins a comment.
func (c *selection) addList(name string, depth int) error {
	if depth >= maxLists {
		return fmt.Errorf("list %s: lists name each other more than %d deep", name, maxLists)
	}
	data, err := c.load(name)
	if err != nil {
		return err
	}
	empty := true
	for i, line := range strings.Split(string(data), "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		empty = false
		if err := c.add(line, depth+1); err != nil {
			return fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
	}
	if empty {
		return fmt.Errorf("list %s names no scenario", name)
	}
	return nil
}

func (c *selection) addFile(name string) error {
	if slices.Contains(c.files, name) {
		return nil
	}
	data, err := c.load(name)
	if err != nil {
		return err
	}
	some, err := LoadScenarios(name, data)
	if err != nil {
		return err
	}
	c.files = append(c.files, name)
	c.fromFiles = append(c.fromFiles, some...)
	return nil
}

func (c *selection) load(name string) ([]byte, error) {
	if c.read == nil {
		return nil, fmt.Errorf("selector %s names a file, and files cannot be read here", name)
	}
	data, err := c.read(name)
	if err != nil {
		return nil, fmt.Errorf("reading what selector %s names: %w", name, err)
	}
	return data, nil
}

func (c *selection) addGlob(glob string) error {
	match, err := Glob(glob)
	if err != nil {
		return err
	}
	if c.choose(func(s Scenario) bool { return match(s.ID) }) == 0 {
		return fmt.Errorf("glob %q matches no scenario", glob)
	}
	return nil
}

func (c *selection) addLabels(sel string) error {
	match, atoms, err := parseLabels(sel)
	switch {
	case err != nil && strings.Contains(sel, "/"):
		return fmt.Errorf("no scenario has the ID %q%s", sel, c.suggestion(sel))
	case err != nil:
		return fmt.Errorf("selector %q is no ID, and no label expression: %w%s", sel, err, c.suggestion(sel))
	}
	known := map[string]bool{}
	for _, s := range c.all {
		for _, l := range s.AllLabels() {
			known[l] = true
		}
	}
	for _, a := range atoms {
		if !known[a] {
			return fmt.Errorf("selector %q: no scenario has the ID or the label %q%s", sel, a, c.suggestion(a))
		}
	}
	if c.choose(func(s Scenario) bool { return match(s.AllLabels()) }) == 0 {
		return fmt.Errorf("label expression %q matches no scenario", sel)
	}
	return nil
}

// suggestion offers labels and IDs that look like what was typed.
func (c *selection) suggestion(typed string) string {
	var labels, ids []string
	for _, s := range c.all {
		ids = append(ids, s.ID)
		labels = append(labels, s.AllLabels()...)
	}
	slices.Sort(labels)
	near := Near(strings.ToLower(typed), append(slices.Compact(labels), ids...))
	switch {
	case len(near) == 0:
		return ""
	case len(near) > 4:
		near = append(near[:4], "…")
	}
	return " (near: " + strings.Join(near, " ") + ")"
}

// Near returns the words that look like what was typed: they begin with it,
// end with it as a part of their own, or differ in at most two characters.
func Near(typed string, words []string) []string {
	var near []string
	for _, w := range words {
		if strings.HasPrefix(w, typed) || strings.HasSuffix(w, "/"+typed) || editDistance(w, typed) <= 2 {
			near = append(near, w)
		}
	}
	return near
}

// editDistance counts the single-character changes from a to b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			before, row[j] = row[j], min(row[j]+1, row[j-1]+1, before+cost)
		}
	}
	return row[len(b)]
}
