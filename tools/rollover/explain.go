package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

func newExplain() *cobra.Command {
	var targetName string
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "say what is predicted and why; also of a fault (E-16) or a requirement (RO-RTSP-104)",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := explain(args[0], targetName)
			if err != nil {
				return err
			}
			fmt.Fprint(cmd.OutOrStdout(), text)
			return nil
		},
	}
	cmd.Flags().StringVar(&targetName, "target", "", "the target to predict for: a path or an embedded row")
	return cmd
}

func explain(id, targetName string) (string, error) {
	if fault, ok := rollover.LookUpFault(id); ok {
		return fault.Explain(), nil
	}
	if requirement, ok := rollover.LookUp(id); ok {
		return requirement.Explain(), nil
	}
	chosen, err := selectScenarios([]string{id})
	if err != nil {
		return "", err
	}
	t, err := loadTarget(targetName)
	if err != nil {
		return "", err
	}
	var text string
	for i, s := range chosen {
		if i > 0 {
			text += "\n"
		}
		timing, err := timingOf(s, "")
		if err != nil {
			return "", err
		}
		text += rollover.Explain(s, rollover.Predict(s, t.ClientRow(), timing))
	}
	return text, nil
}

// timingOf is the timing a scenario is played with: its own, else the command
// line's, else brisk.
func timingOf(s rollover.Scenario, commandLine string) (rollover.Timing, error) {
	switch {
	case s.Timing != "":
		return rollover.ParseTiming(s.Timing)
	case commandLine != "":
		return rollover.ParseTiming(commandLine)
	}
	return rollover.Brisk, nil
}
