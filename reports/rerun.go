package reports

import (
	"slices"
	"strings"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// rerunAll is the commands that play the results again: one for all of those
// whose commands differ in their last word, the scenario, and nowhere else.
func rerunAll(results []rollover.Result) []string {
	var heads []string
	last := map[string][]string{}
	for _, r := range results {
		head, word := parted(r)
		if _, known := last[head]; !known {
			heads = append(heads, head)
		}
		if !slices.Contains(last[head], word) {
			last[head] = append(last[head], word)
		}
	}
	var out []string
	for _, head := range heads {
		if takesMany(head) {
			out = append(out, head+strings.Join(last[head], " "))
			continue
		}
		for _, word := range last[head] {
			out = append(out, head+word)
		}
	}
	return out
}

// parted is the command that plays a result again, without its last word, and
// that word.
func parted(r rollover.Result) (head, word string) {
	command := r.Rerun
	if command == "" {
		command = "rollover run " + r.ID
	}
	i := strings.LastIndexByte(command, ' ')
	if i < 0 || strings.HasSuffix(command, "'") { // a word in quotation marks may hold blanks
		return "", command
	}
	return command[:i+1], command[i+1:]
}

// takesMany reports whether a command may be given several scenarios.
func takesMany(head string) bool {
	return strings.HasPrefix(head, "rollover run ") || strings.HasPrefix(head, "rollover judge ")
}
