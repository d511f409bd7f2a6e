package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// shells are those a completion script can be written for.
var shells = []string{"bash", "fish", "powershell", "zsh"}

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion " + strings.Join(shells, "|"),
		Short: "print a completion script for a shell",
		Long: `Prints a script that teaches a shell to complete rollover's commands, flags,
scenarios and targets.

  bash   source <(rollover completion bash)
  zsh    rollover completion zsh > "${fpath[1]}/_rollover"
  fish   rollover completion fish > ~/.config/fish/completions/rollover.fish`,
		ValidArgs:             shells,
		Args:                  oneOf(shells),
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			root, out := cmd.Root(), cmd.OutOrStdout()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "fish":
				return root.GenFishCompletion(out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(out)
			case "zsh":
				return root.GenZshCompletion(out)
			}
			return errors.New("unknown shell " + args[0])
		},
	}
}

// completeScenarios offers the IDs and labels of the catalogue, beside files.
func completeScenarios(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	all, err := rollover.Catalogue()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var words []string
	for _, s := range all {
		for _, w := range append(s.AllLabels(), s.ID) {
			if strings.HasPrefix(w, typed) {
				words = append(words, w)
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words), cobra.ShellCompDirectiveDefault
}

// targetFlag adds --target, with the known rows for a shell to complete.
func targetFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "target", "", "the `TARGET`: a path, or an embedded row (list --targets)")
	err := cmd.RegisterFlagCompletionFunc("target", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return targetNames(), cobra.ShellCompDirectiveDefault
	})
	if err != nil {
		panic(err) // the flag stands one line above
	}
}
