package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// valid holds files against one of our schemas: "valid run r/run.json". A
// .jsonl or .journal file is held line by line, a .yaml file as what it means.
func valid(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] valid SCHEMA FILE ...")
	}
	schema, err := compiledSchema(args[0])
	ts.Check(err)
	for _, name := range args[1:] {
		err := validText(schema, filepath.Ext(name), ts.ReadFile(name))
		if neg == (err == nil) {
			ts.Fatalf("%s against schema %s: %v", name, args[0], err)
		}
	}
}

func compiledSchema(name string) (*jsonschema.Schema, error) {
	read, ok := schemas[name]
	if !ok {
		return nil, fmt.Errorf("no schema is called %s", name)
	}
	text, err := read()
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name+".json", doc); err != nil {
		return nil, err
	}
	return c.Compile(name + ".json")
}

// validText holds a text against a schema.
func validText(schema *jsonschema.Schema, ext, text string) error {
	parts := []string{text}
	switch ext {
	case ".jsonl", ".journal":
		parts = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	case ".yaml":
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			return err
		}
		data, err := json.Marshal(value)
		if err != nil {
			return err
		}
		parts = []string{string(data)}
	}
	for i, part := range parts {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(part))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			return fmt.Errorf("part %d: %w", i+1, err)
		}
	}
	return nil
}
