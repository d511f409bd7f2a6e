package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// faultyYAML is a scenario that fails, and three that pass.
const faultyYAML = `
- {id: mine/a, dialect: wmp11, moniker: rtsp, faults: [E-01]}
- {id: mine/b, dialect: wmp11, moniker: http}
- {id: mine/c, dialect: wmp11, moniker: rtspt}
- {id: mine/d, dialect: wmp11, moniker: rtspu}
`

// workspace is a folder in which a pipeline's commands run, with the program.
func workspace(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := copySelf(filepath.Join(dir, "bin", "rollover")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "faulty.yaml"), []byte(faultyYAML), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// shell runs a script as a pipeline does and returns its code and output.
func shell(t *testing.T, dir string, with []string, script string, env ...string) (int, string) {
	t.Helper()
	cmd := exec.Command(with[0], append(with[1:], script)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Error(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// wholeRun checks that a run has the four scenarios, the first of which fails.
func wholeRun(t *testing.T, dir string) {
	t.Helper()
	run := record(t, dir)
	if len(run.Results) != 4 || run.Shard != nil || run.ExitCode() != exitFail || run.Results[0].ID != "mine/a" {
		t.Errorf("%d results, code %d, shard %v", len(run.Results), run.ExitCode(), run.Shard)
	}
}

var expression = regexp.MustCompile(`\$\{\{ (.*?) \}\}`)

// act runs the steps of the action with such inputs and returns the code of the
// one that failed, the log, and the files that GitHub reads.
func act(t *testing.T, dir, temp string, build bool, inputs map[string]string) (code int, log, output, summary string) {
	t.Helper()
	action := unmarshalled[struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Name, Run string
				Env       map[string]string
			}
		}
	}](t, atTop(t, "action.yml"))
	top, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	files := t.TempDir()
	env := []string{"GITHUB_ACTION_PATH=" + top, "GITHUB_ACTION_REF=v1", "RUNNER_TEMP=" + temp,
		"GITHUB_OUTPUT=" + filepath.Join(files, "output"), "GITHUB_STEP_SUMMARY=" + filepath.Join(files, "summary")}
	for _, step := range action.Runs.Steps {
		if step.Run == "" || strings.HasPrefix(step.Name, "build") && !build {
			continue
		}
		own := env
		for name, value := range step.Env {
			own = append(own, name+"="+expression.ReplaceAllStringFunc(value, func(e string) string {
				input := strings.TrimPrefix(expression.FindStringSubmatch(e)[1], "inputs.")
				if given, ok := inputs[input]; ok {
					return given
				}
				return action.Inputs[input].Default
			}))
		}
		var out string
		code, out = shell(t, dir, []string{"bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"}, step.Run, own...)
		log += out
		if code != 0 {
			break
		}
	}
	read := func(name string) string {
		data, _ := os.ReadFile(filepath.Join(files, name)) // it need not be there
		return string(data)
	}
	return code, log, read("output"), read("summary")
}

func TestActionsCommands(t *testing.T) {
	needLab(t)
	t.Parallel()
	dir, temp := workspace(t), t.TempDir()
	for name, c := range map[string]struct {
		inputs  map[string]string
		code    int
		log     []string
		summary string
	}{
		"passes": {map[string]string{"selectors": "rtsp/open/http\n\nrtsp/open/rtspu\n", "out": "passes"}, 0, []string{"2 scenarios · 2 pass"}, ": passed"},
		"usage":  {map[string]string{"selectors": "no-such-label", "out": "usage"}, 2, []string{`no scenario has the ID or the label "no-such-label"`}, ""},
	} {
		code, log, output, summary := act(t, dir, temp, !built(temp), c.inputs)
		if code != c.code || !strings.Contains(output, fmt.Sprintf("exit-code=%d\nrun=%s\njunit=rollover.xml\n", c.code, name)) {
			t.Errorf("%s: code %d, output %s\n%s", name, code, output, log)
		}
		if !strings.Contains(summary, c.summary) {
			t.Errorf("%s: summary %s", name, summary)
		}
		for _, want := range c.log {
			if !strings.Contains(log, want) {
				t.Errorf("%s: no %q in the log:\n%s", name, want, log)
			}
		}
	}
	// Two shards, one of which fails, and the whole.
	for i, want := range []int{exitFail, exitPass} {
		out := fmt.Sprintf("shards/%d", i+1)
		if code, log, _, _ := act(t, dir, temp, false, map[string]string{"selectors": "faulty.yaml", "shard": fmt.Sprintf("%d/2", i+1), "out": out}); code != want {
			t.Errorf("shard %d: code %d, want %d\n%s", i+1, code, want, log)
		}
	}
	code, log, output, summary := act(t, dir, temp, false, map[string]string{"merge": "shards/*", "out": "whole"})
	if code != exitFail || !strings.Contains(output, "exit-code=1") || !strings.Contains(summary, "### First causes") ||
		!strings.Contains(log, "::error title=fail%3A server%2C RO-RTSP-105::") {
		t.Errorf("code %d, output %s\n%s\n%s", code, output, log, summary)
	}
	wholeRun(t, filepath.Join(dir, "whole"))
}

func built(temp string) bool {
	_, err := os.Stat(filepath.Join(temp, "rollover"))
	return err == nil
}

func TestGitLabsCommands(t *testing.T) {
	needLab(t)
	t.Parallel()
	jobs := unmarshalled[map[string]struct {
		Extends      string
		Variables    map[string]string
		BeforeScript []string `yaml:"before_script"`
		Script       []string
		Parallel     int
		AllowFailure struct {
			ExitCodes []int `yaml:"exit_codes"`
		} `yaml:"allow_failure"`
		Artifacts struct{ Reports struct{ JUnit string } }
	}](t, atTop(t, "docs/pipelines/gitlab.yml"))
	dir := workspace(t)
	run := func(name string, env ...string) (int, string) {
		job := jobs[name]
		base := jobs[job.Extends]
		own := append(env, "CI_PROJECT_DIR="+dir)
		for k, v := range base.Variables {
			if k == "ROLLOVER_SELECTOR" {
				v = "faulty.yaml"
			}
			own = append(own, k+"="+v)
		}
		return shell(t, dir, []string{"bash", "-eo", "pipefail", "-c"}, strings.Join(append(base.BeforeScript, job.Script...), "\n"), own...)
	}
	play := jobs["rollover"]
	for i := range play.Parallel {
		code, out := run("rollover", fmt.Sprintf("CI_NODE_INDEX=%d", i+1), fmt.Sprintf("CI_NODE_TOTAL=%d", play.Parallel))
		if want := []int{exitFail, exitPass, exitPass, exitPass}[i]; code != want {
			t.Errorf("job %d: code %d, want %d\n%s", i+1, code, want, out)
		}
	}
	if fmt.Sprint(play.AllowFailure.ExitCodes) != "[1 3 4]" {
		t.Errorf("a job may fail with %v", play.AllowFailure.ExitCodes)
	}
	if code, out := run("rollover whole"); code != exitFail {
		t.Errorf("code %d\n%s", code, out)
	}
	wholeRun(t, filepath.Join(dir, "rollover"))
	junit, err := os.ReadFile(filepath.Join(dir, jobs["rollover whole"].Artifacts.Reports.JUnit))
	if err != nil || !bytes.Contains(junit, []byte("[[ATTACHMENT|rollover/mine/a/capture.pcapng]]")) {
		t.Errorf("%v\n%s", err, junit)
	}
}

func TestKubernetesCommands(t *testing.T) {
	needLab(t)
	t.Parallel()
	type container struct {
		Env           []struct{ Name, Value string }
		Command, Args []string
	}
	var jobs []struct {
		Spec struct {
			Completions int
			Template    struct {
				Spec struct{ Containers []container }
			}
		}
	}
	for _, doc := range documents(atTop(t, "docs/pipelines/kubernetes.yaml")) {
		jobs = append(jobs, unmarshalled[struct {
			Spec struct {
				Completions int
				Template    struct {
					Spec struct{ Containers []container }
				}
			}
		}](t, doc))
	}
	dir := workspace(t)
	pod := func(c container, env ...string) (int, string) {
		for _, e := range c.Env {
			value := map[string]string{"RUNS": filepath.Join(dir, "runs"), "SELECTOR": "faulty.yaml"}[e.Name]
			if value == "" {
				value = e.Value
			}
			env = append(env, e.Name+"="+value)
		}
		return shell(t, dir, c.Command, c.Args[0], env...)
	}
	play := jobs[0].Spec
	for i := range play.Completions {
		if code, out := pod(play.Template.Spec.Containers[0], fmt.Sprintf("JOB_COMPLETION_INDEX=%d", i)); code != 0 {
			t.Errorf("pod %d: code %d\n%s", i, code, out)
		}
	}
	if code, out := pod(jobs[1].Spec.Template.Spec.Containers[0]); code != exitFail {
		t.Errorf("code %d\n%s", code, out)
	}
	wholeRun(t, filepath.Join(dir, "runs", "whole"))
	// A selection that nobody can read is no shard's verdict.
	broken := play.Template.Spec.Containers[0]
	if code, out := pod(container{Env: broken.Env[:1], Command: broken.Command, Args: broken.Args}, "SELECTOR=no-such-label",
		"TARGET=reference", "RUNS="+dir, "JOB_COMPLETION_INDEX=0"); code == 0 {
		t.Errorf("a bad selector passes:\n%s", out)
	}
}

func TestJenkinsCommands(t *testing.T) {
	needLab(t)
	t.Parallel()
	text := atTop(t, "docs/pipelines/Jenkinsfile")
	scripts := regexp.MustCompile(`(?s)sh(?:\(returnStatus: true, script:)? '''\n(.*?)'''`).FindAllStringSubmatch(text, -1)
	if len(scripts) != 2 || strings.Count(text, "{") != strings.Count(text, "}") || strings.Count(text, "(") != strings.Count(text, ")") {
		t.Fatalf("%d scripts", len(scripts))
	}
	dir := workspace(t)
	for _, s := range scripts {
		script := strings.ReplaceAll(s[1], "absolute core\n", "absolute rtsp/open/http\n")
		if code, out := shell(t, dir, []string{"sh", "-xec"}, script); code != 0 {
			t.Errorf("code %d\n%s", code, out)
		}
	}
	var suites any
	junit, err := os.ReadFile(filepath.Join(dir, "rollover.xml"))
	if err != nil || !bytes.Contains(junit, []byte("\n"+`      <system-out><![CDATA[[[ATTACHMENT|`+dir+`/rollover/rtsp/open/http/capture.pcapng]]`+"\n")) {
		t.Errorf("%v\n%s", err, junit)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "rollover", "run.json")); err != nil || json.Unmarshal(data, &suites) != nil {
		t.Errorf("%v\n%s", err, data)
	}
}
