package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/target"
)

// listed is one line of `rollover list`.
type listed struct {
	ID        string   `json:"id"`
	Purpose   string   `json:"purpose"`
	Labels    []string `json:"labels"`
	Predicted string   `json:"predicted"`
	Applies   bool     `json:"applies"`
	Reason    string   `json:"reason,omitempty"` // why it does not apply
}

func newList() *cobra.Command {
	var targetName string
	var why, asJSON, targets bool
	cmd := &cobra.Command{
		Use:   "list [SELECTOR ...]",
		Short: "list scenarios, with the prediction for each",
		RunE: func(cmd *cobra.Command, selectors []string) error {
			if targets {
				fmt.Fprintln(cmd.OutOrStdout(), strings.Join(targetNames(), "\n"))
				return nil
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
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				return enc.Encode(rows)
			}
			return writeList(cmd.OutOrStdout(), rows, why)
		},
	}
	cmd.Flags().StringVar(&targetName, "target", "", "the target to list for: a path or an embedded row")
	cmd.Flags().BoolVar(&why, "why", false, "say why each scenario applies or not, and its purpose")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&targets, "targets", false, "list the embedded targets instead")
	return cmd
}

func listRows(scenarios []rollover.Scenario, t target.Target) ([]listed, error) {
	rows := make([]listed, 0, len(scenarios))
	for _, s := range scenarios {
		timing, err := timingOf(s, "")
		if err != nil {
			return nil, err
		}
		applies, reason := target.Applicable(t, s)
		rows = append(rows, listed{
			ID: s.ID, Purpose: s.Purpose, Labels: s.AllLabels(),
			Predicted: rollover.Predict(s, t.ClientRow(), timing).String(),
			Applies:   applies, Reason: reason,
		})
	}
	return rows, nil
}

func writeList(w io.Writer, rows []listed, why bool) error {
	out := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	apply := 0
	for _, r := range rows {
		mark := "-"
		if r.Applies {
			mark, apply = "+", apply+1
		}
		fmt.Fprintf(out, "%s %s\t%s\n", mark, r.ID, r.Predicted)
		if !why {
			continue
		}
		if r.Purpose != "" {
			fmt.Fprintf(out, "    %s\n", r.Purpose)
		}
		if r.Reason != "" {
			fmt.Fprintf(out, "    %s\n", r.Reason)
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d of %d apply.\n", apply, len(rows))
	return err
}
