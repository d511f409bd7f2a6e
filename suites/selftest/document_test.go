package selftest

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	table := Table{
		Faults: []Outcome{
			{ID: "E-01", Does: "a | b", Killed: true, By: []string{"rtsp/open/rtsp", "rtsp/no-udp"}, Requirement: "RO-RTSP-02"},
			{ID: "E-02", Does: "c"},
		},
		NotPlanted: []Waiting{{ID: "E-60", Does: "d", Waits: "multicast"}},
	}
	var b bytes.Buffer
	if err := table.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 planted, 1 killed, 1 survived; 1 wait.", `| E-01 | a \| b | rtsp/open/rtsp, rtsp/no-udp | RO-RTSP-02 |`,
		"| E-02 | c | **survived** |  |", "| E-60 | d | multicast |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
}

// TestKillTableIsUpToDate: the document names every fault, each with a scenario
// that the plan still has. `make golden` writes it again.
func TestKillTableIsUpToDate(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/kill-table.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, line := range strings.Split(string(data), "\n") {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| ") && len(cells) > 2 {
			rows[strings.TrimPrefix(cells[0], "| ")] = cells
		}
	}
	plan, err := Plan()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plan {
		row := rows[p.Fault.ID]
		if row == nil {
			t.Errorf("no row for %s", p.Fault.ID)
			continue
		}
		by := map[string]bool{p.Waits: true}
		for _, s := range p.Scenarios {
			by[s.In] = true
		}
		for _, id := range strings.Split(strings.TrimSuffix(row[2], " |"), ", ") {
			if !by[id] {
				t.Errorf("%s: %q is not in the plan", p.Fault.ID, id)
			}
		}
	}
	for _, id := range RigFaultIDs() {
		if rows[id] == nil {
			t.Errorf("no row for %s", id)
		}
	}
	if strings.Contains(string(data), "**survived**") || len(rollover.Faults())+len(rigFaults) > len(rows) {
		t.Errorf("%d rows, or a survivor", len(rows))
	}
}

// TestReadmeCounts: the numbers of the README are the table's.
func TestReadmeCounts(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../docs/kill-table.md")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var planted, killed int
	for _, line := range strings.Split(string(table), "\n") {
		if n, _ := fmt.Sscanf(line, "%d planted, %d killed,", &planted, &killed); n == 2 {
			break
		}
	}
	if want := fmt.Sprintf("%d faults planted, %d caught", planted, killed); planted == 0 || !strings.Contains(string(readme), want) {
		t.Errorf("the README does not say %q", want)
	}
}
