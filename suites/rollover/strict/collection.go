package strict

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// List hands each item of a list to each.
func (n Node) List(each func(i int, item Node)) {
	seq, ok := n.resolved().(*ast.SequenceNode)
	if !ok {
		n.want("a list")
		return
	}
	for i, v := range seq.Values {
		each(i, Node{doc: n.doc, node: v, key: n.token(), path: fmt.Sprintf("%s[%d]", n.path, i+1)})
	}
}

// Texts reads a list of texts.
func (n Node) Texts() []string {
	var out []string
	n.List(func(_ int, item Node) { out = append(out, item.Text()) })
	return out
}

// Words reads a list whose items are among the words, none of them twice.
func (n Node) Words(words ...string) []string {
	var out []string
	n.List(func(_ int, item Node) {
		w := item.Word(words...)
		for _, earlier := range out {
			if w != "" && w == earlier {
				item.Fail(fmt.Sprintf("%s: %q a second time", n.path, w), "each once")
				return
			}
		}
		if w != "" {
			out = append(out, w)
		}
	})
	return out
}

// Field is a key an object may have, and who reads its value.
type Field struct {
	name     string
	required bool
	read     func(Node)
}

// Key is a key that may be missing.
func Key(name string, read func(Node)) Field { return Field{name: name, read: read} }

// Need is a key that must be there.
func Need(name string, read func(Node)) Field { return Field{name: name, required: true, read: read} }

// Object reads an object: each key is one of the fields', and none comes
// twice. Fields are read in the order in which they are listed here, not in
// the file's. It reports whether an object was found at all.
func (n Node) Object(fields ...Field) bool {
	found := map[string]Node{}
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.name
	}
	ok := n.Entries(func(name string, value, key Node) {
		switch {
		case !contains(known, name):
			key.Fail(fmt.Sprintf("unknown key %q%s", name, n.inside()), strings.Join(known, " "))
		default:
			found[name] = value
		}
	})
	if !ok {
		return false
	}
	for _, f := range fields {
		value, there := found[f.name]
		switch {
		case there:
			f.read(value)
		case f.required:
			n.Fail(fmt.Sprintf("key %q is missing%s", f.name, n.inside()), "")
		}
	}
	return true
}

// Entries hands each key of an object and its value to each; key stands for
// the place of the key. It reports whether an object was found.
func (n Node) Entries(each func(name string, value, key Node)) bool {
	var values []*ast.MappingValueNode
	switch v := n.resolved().(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	default:
		n.want("an object (key: value)")
		return false
	}
	seen := map[string]bool{}
	for _, v := range values {
		name := v.Key.GetToken().Value
		key := Node{doc: n.doc, key: v.Key.GetToken(), path: n.path}
		if seen[name] {
			key.Fail(fmt.Sprintf("key %q a second time%s", name, n.inside()), "each once")
			continue
		}
		seen[name] = true
		path := name
		if n.path != "" {
			path = n.path + "." + name
		}
		each(name, Node{doc: n.doc, node: v.Value, key: v.Key.GetToken(), path: path}, key)
	}
	return true
}

func (n Node) inside() string {
	if n.path == "" {
		return ""
	}
	return " in " + n.path
}

func contains(words []string, w string) bool {
	for _, known := range words {
		if known == w {
			return true
		}
	}
	return false
}
