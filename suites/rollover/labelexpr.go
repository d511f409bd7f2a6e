package rollover

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// labelMatch tells whether a scenario with these labels is meant.
type labelMatch func(labels []string) bool

var labelTokens = regexp.MustCompile(`^\s*(&&|\|\||[!()]|[a-z0-9][a-z0-9-]*)`)

// maxLabelTokens keeps an expression from nesting without bound.
const maxLabelTokens = 200

// parseLabels reads a label expression: labels with !, &&, || and parentheses,
// binding in that order. It also returns the labels it names.
func parseLabels(text string) (labelMatch, []string, error) {
	p := &labelParser{}
	for rest := text; strings.TrimSpace(rest) != ""; {
		m := labelTokens.FindStringSubmatch(rest)
		if m == nil {
			return nil, nil, fmt.Errorf("found %q; allowed: labels, && || ! and parentheses", strings.TrimSpace(rest))
		}
		p.tokens = append(p.tokens, m[1])
		rest = rest[len(m[0]):]
	}
	if len(p.tokens) > maxLabelTokens {
		return nil, nil, fmt.Errorf("more than %d words and signs", maxLabelTokens)
	}
	match, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("found %q where && or || or the end was due", p.tokens[0])
	}
	return match, p.atoms, err
}

// labelParser descends through the three levels of binding.
type labelParser struct {
	tokens []string
	atoms  []string
}

func (p *labelParser) accept(token string) bool {
	if len(p.tokens) > 0 && p.tokens[0] == token {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *labelParser) or() (labelMatch, error) {
	left, err := p.and()
	for err == nil && p.accept("||") {
		var right labelMatch
		a := left
		right, err = p.and()
		left = func(l []string) bool { return a(l) || right(l) }
	}
	return left, err
}

func (p *labelParser) and() (labelMatch, error) {
	left, err := p.not()
	for err == nil && p.accept("&&") {
		var right labelMatch
		a := left
		right, err = p.not()
		left = func(l []string) bool { return a(l) && right(l) }
	}
	return left, err
}

func (p *labelParser) not() (labelMatch, error) {
	switch {
	case p.accept("!"):
		inner, err := p.not()
		return func(l []string) bool { return !inner(l) }, err
	case p.accept("("):
		inner, err := p.or()
		if err == nil && !p.accept(")") {
			err = errors.New("a parenthesis is not closed")
		}
		return inner, err
	case len(p.tokens) == 0:
		return nil, errors.New("a label is missing at the end")
	}
	label := p.tokens[0]
	if !labelPattern.MatchString(label) {
		return nil, fmt.Errorf("found %q where a label was due", label)
	}
	p.tokens = p.tokens[1:]
	p.atoms = append(p.atoms, label)
	return func(l []string) bool { return slices.Contains(l, label) }, nil
}
