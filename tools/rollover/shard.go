package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
)

// node is where a system of pipelines tells a job which of several it is.
type node struct {
	system       string
	index, total string // variables; no total: the system tells none
	from         int    // what the first job is called
}

// nodes are the systems that --shard auto knows.
var nodes = []node{
	{"GitLab", "CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
	{"Kubernetes", "JOB_COMPLETION_INDEX", "", 0},
	{"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0},
	{"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0},
}

// autoShard is the word that asks the environment.
const autoShard = "auto"

func shardFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "shard", "", "play part `I/N` of the selection, 1/N to N/N; auto or auto/N asks the pipeline's environment")
}

// shardOf reads --shard; an empty text is no shard.
func shardOf(text string, env func(string) string) (index, total int, err error) {
	if text == "" {
		return 0, 0, nil
	}
	first, second, both := strings.Cut(text, "/")
	if first == autoShard {
		index, total, err = shardFromEnvironment(second, both, env)
	} else {
		index, total, err = shardNumbers(first, second)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("--shard: %w", err)
	}
	return index, total, nil
}

func shardNumbers(first, second string) (index, total int, err error) {
	index, errI := strconv.Atoi(first)
	total, errN := strconv.Atoi(second)
	if errI != nil || errN != nil || total < 1 || total > reports.MostShards || index < 1 || index > total {
		return 0, 0, fmt.Errorf("found %q; allowed: I/N with 1 ≤ I ≤ N ≤ %d, or auto, or auto/N", first+"/"+second, reports.MostShards)
	}
	return index, total, nil
}

// shardFromEnvironment asks the variables of the one system that has set its
// own. Two at once are an error: they might disagree.
func shardFromEnvironment(given string, isGiven bool, env func(string) string) (index, total int, err error) {
	var found []node
	var wanted []string
	for _, n := range nodes {
		wanted = append(wanted, n.index)
		if env(n.index) != "" {
			found = append(found, n)
		}
	}
	switch {
	case len(found) == 0:
		return 0, 0, fmt.Errorf("auto: none of %s is set", strings.Join(wanted, " "))
	case len(found) > 1:
		return 0, 0, fmt.Errorf("auto: %s and %s are both set; name the part: I/N", found[0].index, found[1].index)
	}
	n := found[0]
	if !isGiven {
		if n.total == "" {
			return 0, 0, fmt.Errorf("auto: %s tells no total; say auto/N", n.system)
		}
		if given = env(n.total); given == "" {
			return 0, 0, fmt.Errorf("auto: %s is set and %s is not; say auto/N", n.index, n.total)
		}
	}
	at, err := strconv.Atoi(env(n.index))
	if err != nil {
		return 0, 0, fmt.Errorf("auto: %s: found %q; allowed: a whole number", n.index, env(n.index))
	}
	index, total, err = shardNumbers(strconv.Itoa(at-n.from+1), given)
	if err != nil {
		return 0, 0, fmt.Errorf("auto: %s=%s, which counts from %d, of %q: %w", n.index, env(n.index), n.from, given, err)
	}
	return index, total, nil
}

// environment is the process's.
func environment(name string) string { return strings.TrimSpace(os.Getenv(name)) }
