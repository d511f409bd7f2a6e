package main

import (
	"strings"
	"testing"
)

func TestShardOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, env    string
		index, total int
		want         string // of the error
	}{
		{"", "CI_NODE_INDEX=2 CI_NODE_TOTAL=4", 0, 0, ""},
		{"1/1", "", 1, 1, ""},
		{"3/4", "CI_NODE_INDEX=2 CI_NODE_TOTAL=4", 3, 4, ""},
		{"auto", "CI_NODE_INDEX=1 CI_NODE_TOTAL=4", 1, 4, ""},
		{"auto", "CI_NODE_INDEX=4 CI_NODE_TOTAL=4", 4, 4, ""},
		{"auto", "BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=3", 1, 3, ""},
		{"auto", "BUILDKITE_PARALLEL_JOB=2 BUILDKITE_PARALLEL_JOB_COUNT=3", 3, 3, ""},
		{"auto", "CIRCLE_NODE_INDEX=1 CIRCLE_NODE_TOTAL=2", 2, 2, ""},
		{"auto/5", "JOB_COMPLETION_INDEX=0", 1, 5, ""},
		{"auto/5", "JOB_COMPLETION_INDEX=4", 5, 5, ""},
		{"auto/2", "CI_NODE_INDEX=2 CI_NODE_TOTAL=9", 2, 2, ""},

		{"0/4", "", 0, 0, `--shard: found "0/4"; allowed: I/N with 1 ≤ I ≤ N ≤ 10000, or auto, or auto/N`},
		{"5/4", "", 0, 0, `found "5/4"`},
		{"1/0", "", 0, 0, `found "1/0"`},
		{"-1/4", "", 0, 0, `found "-1/4"`},
		{"1", "", 0, 0, `found "1/"`},
		{"1/2/3", "", 0, 0, `found "1/2/3"`},
		{"a/b", "", 0, 0, `found "a/b"`},
		{"1/10001", "", 0, 0, `found "1/10001"`},
		{"99999999999999999999/1", "", 0, 0, `allowed: I/N`},
		{"auto", "", 0, 0, "--shard: auto: none of CI_NODE_INDEX JOB_COMPLETION_INDEX BUILDKITE_PARALLEL_JOB CIRCLE_NODE_INDEX is set"},
		{"auto", "JOB_COMPLETION_INDEX=0", 0, 0, "auto: Kubernetes tells no total; say auto/N"},
		{"auto", "CI_NODE_INDEX=1", 0, 0, "auto: CI_NODE_INDEX is set and CI_NODE_TOTAL is not"},
		{"auto", "CI_NODE_INDEX=0 CI_NODE_TOTAL=4", 0, 0, `auto: CI_NODE_INDEX=0, which counts from 1, of "4": found "0/4"`},
		{"auto", "CIRCLE_NODE_INDEX=2 CIRCLE_NODE_TOTAL=2", 0, 0, `CIRCLE_NODE_INDEX=2, which counts from 0, of "2"`},
		{"auto", "CI_NODE_INDEX=x CI_NODE_TOTAL=4", 0, 0, `CI_NODE_INDEX: found "x"; allowed: a whole number`},
		{"auto", "CI_NODE_INDEX=1 CI_NODE_TOTAL=4 CIRCLE_NODE_INDEX=0", 0, 0, "CI_NODE_INDEX and CIRCLE_NODE_INDEX are both set; name the part: I/N"},
		{"auto/x", "CI_NODE_INDEX=1", 0, 0, `of "x"`},
		{"auto/", "CI_NODE_INDEX=1 CI_NODE_TOTAL=4", 0, 0, `of ""`},
	} {
		vars := map[string]string{}
		for pair := range strings.FieldsSeq(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			vars[name] = value
		}
		index, total, err := shardOf(c.text, func(name string) string { return vars[name] })
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s with %s: error %v, want one with %q", c.text, c.env, err, c.want)
		case c.want == "" && err != nil:
			t.Errorf("%s with %s: %v", c.text, c.env, err)
		case index != c.index || total != c.total:
			t.Errorf("%s with %s: %d/%d, want %d/%d", c.text, c.env, index, total, c.index, c.total)
		}
	}
}
