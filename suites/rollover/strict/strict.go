// Package strict reads YAML written by people, and tells them where they
// slipped.
//
// A reader says what it wants of each [Node]: a list, an object with these
// keys, a text, one of these words. Whatever else is found becomes an [Error]
// that names file, line and column, what was found and what is allowed, and
// shows the line with a mark under the place. Reading goes on after an error,
// so one look at the list mends the file.
//
//	err := strict.Read("lab.yaml", data, func(root strict.Node) {
//		root.Object(
//			strict.Need("name", func(n strict.Node) { name = n.Text() }),
//			strict.Key("port", func(n strict.Node) { port = n.Int(1, 65535) }),
//		)
//	})
//
// Anchors and aliases are understood; tags, merge keys and several documents
// in one file are not. The package opens no file.
package strict

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The limits of a file. Nothing a person writes comes near them; they keep a
// hostile file from costing memory or time.
const (
	maxSize    = 1 << 20 // bytes
	maxNesting = 64      // lists and objects within each other
	maxIndent  = 512     // columns before a key
	maxAliases = 1000    // uses of anchors
	maxErrors  = 20      // told at once
)

// document is one file on its way through a reader.
type document struct {
	file    string
	lines   []string
	anchors map[string]ast.Node
	aliases int
	errs    []error
	silent  int // errors beyond maxErrors
}

// Read parses data and hands its root to decode, which calls the methods of
// [Node]. It returns all that was wrong, joined; each part is an [*Error].
// file is only a name for messages.
func Read(file string, data []byte, decode func(root Node)) error {
	doc := &document{file: file, lines: strings.Split(string(data), "\n"), anchors: map[string]ast.Node{}}
	body, err := doc.parse(data)
	if err != nil {
		return err
	}
	decode(Node{doc: doc, node: body})
	// Readers ask for keys in an order of their own; a person mends from top to
	// bottom.
	slices.SortStableFunc(doc.errs, func(a, b error) int {
		var x, y *Error
		if !errors.As(a, &x) || !errors.As(b, &y) {
			return 0
		}
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column))
	})
	if doc.silent > 0 {
		doc.errs = append(doc.errs, fmt.Errorf("%s: %d more errors", file, doc.silent))
	}
	return errors.Join(doc.errs...)
}

func (d *document) parse(data []byte) (body ast.Node, err error) {
	if len(data) > maxSize {
		return nil, d.errorAt(nil, fmt.Sprintf("the file has %d bytes", len(data)), fmt.Sprintf("at most %d", maxSize))
	}
	if !utf8.Valid(data) {
		return nil, d.errorAt(nil, "the file is not UTF-8 text", "")
	}
	// The parser is somebody else's; a file that upsets it is still only a
	// file with an error.
	defer func() {
		if p := recover(); p != nil {
			body, err = nil, d.errorAt(nil, fmt.Sprintf("not readable as YAML (%v)", p), "")
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if tk := tooDeep(tokens); tk != nil {
		return nil, d.errorAt(tk, "lists and objects nested too deeply", fmt.Sprintf("%d levels", maxNesting))
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		var y yaml.Error
		if errors.As(err, &y) {
			return nil, d.errorAt(y.GetToken(), y.GetMessage(), "")
		}
		return nil, d.errorAt(nil, err.Error(), "")
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) > 1 {
		return nil, d.errorAt(Node{doc: d, node: bodies[1]}.token(), "a second YAML document", "one document a file")
	}
	if len(bodies) == 0 {
		return nil, nil
	}
	ast.Walk(anchorFinder{d}, bodies[0])
	return bodies[0], nil
}

// tooDeep returns the token at which nesting exceeds the limit. Flow brackets
// count as they stand. Block style nests by dashes and question marks that
// follow each other, and else by indentation, of which a level takes one
// column at least.
func tooDeep(tokens token.Tokens) *token.Token {
	flow, marks := 0, 0
	for _, tk := range tokens {
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType:
			marks++
		default:
			marks = 0
		}
		if flow > maxNesting || marks > maxNesting || tk.Position != nil && tk.Position.IndentNum > maxIndent {
			return tk
		}
	}
	return nil
}

// anchorFinder notes every anchor of a document.
type anchorFinder struct{ doc *document }

func (f anchorFinder) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok && a.Name != nil && a.Value != nil {
		f.doc.anchors[a.Name.GetToken().Value] = a.Value
	}
	return f
}
