package strict

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Node is a value of the file with its place. Its methods return the zero
// value after an error, which [Read] collects.
type Node struct {
	doc  *document
	node ast.Node
	key  *token.Token // the key that holds it, for values that have no place of their own
	path string
}

// resolved follows anchors and aliases to the value itself.
func (n Node) resolved() ast.Node {
	node := n.node
	for {
		switch v := node.(type) {
		case *ast.AnchorNode:
			node = v.Value
		case *ast.AliasNode:
			name := v.Value.GetToken().Value
			target, ok := n.doc.anchors[name]
			n.doc.aliases++
			if !ok || n.doc.aliases > maxAliases {
				n.doc.fail(v.GetToken(), fmt.Sprintf("alias %q that cannot be followed", name), "an anchor of this file, used a few times")
				return &ast.NullNode{Token: v.GetToken()}
			}
			node = target
		default:
			return node
		}
	}
}

func (n Node) token() *token.Token {
	if n.node != nil {
		if m, ok := n.node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
			return m.Values[0].Key.GetToken()
		}
		if v, ok := n.node.(*ast.MappingValueNode); ok {
			return v.Key.GetToken()
		}
		if tk := n.node.GetToken(); tk != nil {
			return tk
		}
	}
	return n.key
}

// As returns the same value under another path, which messages name it by.
func (n Node) As(path string) Node {
	n.path = path
	return n
}

// Line is where the value begins, counted from 1; 0 if the file is empty.
func (n Node) Line() int {
	if tk := n.token(); tk != nil && tk.Position != nil {
		return tk.Position.Line
	}
	return 0
}

// Fail notes an error at this place: what was found, and what is allowed
// (empty: nothing to add).
func (n Node) Fail(found, allowed string) { n.doc.fail(n.token(), found, allowed) }

// want notes that something else than wanted stands here.
func (n Node) want(wanted string) {
	where := ""
	if n.path != "" {
		where = n.path + ": "
	}
	n.Fail(where+"found "+n.describe(), wanted)
}

// describe names what stands here as a person would.
func (n Node) describe() string {
	node := n.resolved()
	if node == nil {
		return "nothing"
	}
	switch v := node.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "an object"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode:
		return "the text " + strconv.Quote(v.Value)
	case *ast.LiteralNode:
		return "a text of several lines"
	case *ast.BoolNode:
		return "the truth value " + v.GetToken().Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "the number " + v.GetToken().Value
	case *ast.TagNode:
		return "a tag"
	}
	return "something else"
}

// IsNull reports whether nothing stands here.
func (n Node) IsNull() bool {
	node := n.resolved()
	if node == nil {
		return true
	}
	_, null := node.(*ast.NullNode)
	return null
}

// IsText reports whether a text stands here.
func (n Node) IsText() bool {
	switch n.resolved().(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return true
	}
	return false
}

// IsList reports whether a list stands here.
func (n Node) IsList() bool {
	_, ok := n.resolved().(*ast.SequenceNode)
	return ok
}

// IsObject reports whether an object stands here.
func (n Node) IsObject() bool {
	switch n.resolved().(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

// Text reads a text. Numbers and truth values are not texts: they need
// quotation marks, or 9.10 would silently become 9.1.
func (n Node) Text() string {
	switch v := n.resolved().(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		n.want("a text; write it in quotation marks")
		return ""
	}
	n.want("a text")
	return ""
}

// Scalar reads a text or a number as it is written.
func (n Node) Scalar() string {
	switch v := n.resolved().(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return v.GetToken().Value
	}
	return n.Text()
}

// Word reads a text that must be one of the words.
func (n Node) Word(words ...string) string {
	if !n.IsText() {
		allowed := strings.Join(words, " ")
		if !n.IsNull() && !n.IsList() && !n.IsObject() {
			allowed += ", in quotation marks"
		}
		n.want(allowed)
		return ""
	}
	text := n.Text()
	for _, w := range words {
		if text == w {
			return text
		}
	}
	n.want(strings.Join(words, " "))
	return ""
}

// Bool reads true or false.
func (n Node) Bool() bool {
	if v, ok := n.resolved().(*ast.BoolNode); ok {
		return v.Value
	}
	n.want("true or false")
	return false
}

// Int reads a whole number from lo to hi.
func (n Node) Int(lo, hi int) int {
	allowed := fmt.Sprintf("a number from %d to %d", lo, hi)
	v, ok := n.resolved().(*ast.IntegerNode)
	if !ok {
		n.want(allowed)
		return 0
	}
	switch i := v.Value.(type) {
	case int64:
		if i >= int64(lo) && i <= int64(hi) {
			return int(i)
		}
	case uint64:
		if i <= uint64(max(hi, 0)) && (lo < 0 || i >= uint64(lo)) {
			return int(i)
		}
	}
	n.want(allowed)
	return 0
}

// Duration reads a duration such as 10s or 1m30s that is greater than 0 and
// at most max.
func (n Node) Duration(max time.Duration) time.Duration {
	allowed := fmt.Sprintf("a duration such as 2s or 500ms, at most %v", max)
	if !n.IsText() {
		n.want(allowed)
		return 0
	}
	d, err := time.ParseDuration(n.Text())
	if err != nil || d <= 0 || d > max {
		n.want(allowed)
		return 0
	}
	return d
}
