package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

func newList() *cobra.Command {
	var targetName string
	var why, asJSON, targets bool
	cmd := &cobra.Command{
		Use:   "list [SELECTOR ...]",
		Short: "list scenarios, with the prediction for each",
		Long: `Lists the selected scenarios, all without a selector, with the prediction for
each. A minus marks those that do not apply to the target.`,
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, selectors []string) error {
			if targets {
				return listTargets(cmd.OutOrStdout(), asJSON)
			}
			chosen, err := selectScenarios(selectors)
			if err != nil {
				return err
			}
			t, err := loadTarget(targetName)
			if err != nil {
				return err
			}
			rows, err := listRows(chosen, t)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), rows)
			}
			return writeList(cmd.OutOrStdout(), rows, why)
		},
	}
	targetFlag(cmd, &targetName)
	f := cmd.Flags()
	f.BoolVar(&why, "why", false, "say what each scenario is for, and why it applies or not")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&targets, "targets", false, "list the embedded targets instead")
	return cmd
}

// listed is one line of `rollover list`.
type listed struct {
	ID        string   `json:"id"`
	Purpose   string   `json:"purpose"`
	Labels    []string `json:"labels"`
	Predicted string   `json:"predicted"`
	Applies   bool     `json:"applies"`
	Reason    string   `json:"reason,omitempty"` // why it does not apply
	Means     string   `json:"means,omitempty"`  // why it does
}

func listRows(scenarios []rollover.Scenario, t target.Target) ([]listed, error) {
	rows := make([]listed, 0, len(scenarios))
	for _, s := range scenarios {
		prediction, _, err := predict(t, s, "")
		if err != nil {
			return nil, err
		}
		applies, reason := target.Applicable(t, s)
		row := listed{
			ID: s.ID, Purpose: s.Purpose, Labels: s.AllLabels(),
			Predicted: prediction.String(), Applies: applies, Reason: reason,
		}
		if applies {
			row.Means = t.Means(s)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func writeList(w io.Writer, rows []listed, why bool) error {
	width, _ := terminalOf(w)
	column, apply := 0, 0
	for _, r := range rows {
		column = max(column, len(r.ID))
	}
	var b strings.Builder
	for _, r := range rows {
		mark := "-"
		if r.Applies {
			mark, apply = "+", apply+1
		}
		b.WriteString(beside(mark+" "+r.ID, r.Predicted, column+4, width))
		if !why {
			continue
		}
		b.WriteString(beside("", r.Purpose, 4, width))
		if r.Applies {
			b.WriteString(beside("", "Applies: "+r.Means+".", 4, width))
		} else {
			b.WriteString(beside("", "Does not apply: "+r.Reason+".", 4, width))
		}
	}
	fmt.Fprintf(&b, "\n%d of %d apply.\n", apply, len(rows))
	_, err := io.WriteString(w, b.String())
	return err
}

// narrow is the least room for a text beside another.
const narrow = 24

// beside sets a text in a column to the right of another, or below it where
// there is no room.
func beside(left, right string, column, width int) string {
	if right == "" && left == "" {
		return ""
	}
	var b strings.Builder
	if width-column < narrow {
		column = 6
		b.WriteString(left + "\n")
		left = ""
	}
	for i, line := range reports.Wrap(right, max(narrow, width-column)) {
		if i > 0 {
			left = ""
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("%-*s%s", column, left, line), " ") + "\n")
	}
	return b.String()
}

// listedTarget is one line of `rollover list --targets`.
type listedTarget struct {
	Name    string         `json:"name"`
	Role    rollover.Party `json:"role"`
	Vendor  string         `json:"vendor"`
	Product string         `json:"product"`
}

// listTargets lists the embedded targets, with who they are.
func listTargets(w io.Writer, asJSON bool) error {
	rows := []listedTarget{}
	var b strings.Builder
	for _, name := range targetNames() {
		t, err := loadTarget(name)
		if err != nil {
			return err
		}
		rows = append(rows, listedTarget{Name: name, Role: t.Role, Vendor: t.Vendor, Product: t.Product})
		fmt.Fprintf(&b, "%-18s%-8s%s %s\n", name, t.Role, t.Vendor, t.Product)
	}
	if asJSON {
		return writeJSON(w, rows)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
