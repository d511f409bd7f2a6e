package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The pipelines of docs/pipelines and the action at the top: each is held
// against a schema of ours, and its commands are run.

func atTop(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// documents are the YAML documents of a file.
func documents(text string) []string { return strings.Split(text, "\n---\n") }

// unmarshalled is a YAML document as such a value; unknown keys are left out.
func unmarshalled[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func pipelineSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "pipelines", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name+".json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPipelinesBySchema(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, file, spoil, by string }{
		{"action", "action.yml", "composite", "compositus"},
		{"action", "action.yml", "shell: bash", "shellac: bash"},
		{"action", "action.yml", `"$MERGE" ]`, `"${{ inputs.merge }}" ]`}, // what a user gives is never part of a script
		{"gitlab", "docs/pipelines/gitlab.yml", "allow_failure", "allows_failure"},
		{"gitlab", "docs/pipelines/gitlab.yml", "junit: rollover.xml", "junit: rollover.txt"},
		{"kubernetes", "docs/pipelines/kubernetes.yaml", "completions: 4", "completions: four"},
		{"kubernetes", "docs/pipelines/kubernetes.yaml", "  completionMode: Indexed\n", ""},
	} {
		schema := pipelineSchema(t, c.schema)
		text := atTop(t, c.file)
		valid := func(text string) error {
			var errs []error
			for _, doc := range documents(text) {
				errs = append(errs, validText(schema, ".yaml", doc))
			}
			return errors.Join(errs...)
		}
		if err := valid(text); err != nil {
			t.Errorf("%s: %v", c.file, err)
		}
		if spoilt := strings.ReplaceAll(text, c.spoil, c.by); spoilt == text || valid(spoilt) == nil {
			t.Errorf("%s with %q for %q is valid", c.file, c.by, c.spoil)
		}
	}
}

// TestWorkflowByActionlint: GitHub's rules, with the action from this folder in
// the place of the published one, so that its inputs are checked too.
func TestWorkflowByActionlint(t *testing.T) {
	t.Parallel()
	lint := func(workflow string) (string, error) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, ".github", "workflows"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil { // what actionlint takes for a project
			t.Fatal(err)
		}
		for name, text := range map[string]string{"action.yml": atTop(t, "action.yml"), ".github/workflows/rollover.yml": workflow} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("go", "tool", "actionlint", "-no-color", filepath.Join(dir, ".github", "workflows", "rollover.yml"))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	workflow := strings.ReplaceAll(atTop(t, "docs/pipelines/github.yml"), "rollover-conformance/rollover@main", "./")
	if out, err := lint(workflow); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := lint(strings.Replace(workflow, "merge: shards", "marge: shards", 1)); err == nil || !strings.Contains(out, `input "marge" is not defined in action`) {
		t.Errorf("an input that the action does not have: %v\n%s", err, out)
	}
}
