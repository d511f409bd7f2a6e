package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/selftest"
)

func newExplain() *cobra.Command {
	var targetName string
	cmd := &cobra.Command{
		Use:               "explain ID",
		Short:             "say what is predicted and why; also of a fault (E-16) or a requirement (RO-RTSP-104)",
		Args:              exactlyOne("one ID: of a scenario, a fault or a requirement"),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := explain(args[0], targetName)
			if err != nil {
				return err
			}
			_, err = io.WriteString(cmd.OutOrStdout(), text)
			return err
		},
	}
	targetFlag(cmd, &targetName)
	return cmd
}

var (
	faultID       = regexp.MustCompile(`^[A-Z]-[0-9]+$`)
	requirementID = regexp.MustCompile(`^RO-`)
)

func explain(id, targetName string) (string, error) {
	if fault, ok := rollover.LookUpFault(id); ok {
		caught, err := selftest.CaughtBy(fault.ID)
		return fault.Explain(caught), err
	}
	if text, ok := selftest.ExplainRig(id); ok {
		return text, nil
	}
	if requirement, ok := rollover.LookUp(id); ok {
		return requirement.Explain(), nil
	}
	switch {
	case faultID.MatchString(id):
		return "", unknownFault(id)
	case requirementID.MatchString(id):
		var known []string
		for _, r := range rollover.Requirements() {
			known = append(known, r.ID)
		}
		return "", fmt.Errorf("unknown requirement %q%s", id, near(rollover.Near(id, known)))
	}
	return explainScenarios(id, targetName)
}

func explainScenarios(selector, targetName string) (string, error) {
	chosen, err := selectScenarios([]string{selector})
	if err != nil {
		return "", err
	}
	t, err := loadTarget(targetName)
	if err != nil {
		return "", err
	}
	texts := make([]string, len(chosen))
	for i, s := range chosen {
		prediction, _, err := predict(t, s, "")
		if err != nil {
			return "", err
		}
		texts[i] = rollover.Explain(s, t.ClientRow(), prediction)
	}
	return strings.Join(texts, "\n"), nil
}
