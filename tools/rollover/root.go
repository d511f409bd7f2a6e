package main

import (
	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "rollover",
		Short: "test protocol rollover under a firewall",
		Long: `rollover proves from captured packets whether a streaming server still lets
every player in when ports are closed or protocols are switched off.`,
		Example: `  rollover doctor                   what this machine lacks for it
  rollover run smoke                a few scenarios, in seconds
  rollover run core                 everything an implementation must do
  rollover explain rtsp/no-udp      what is predicted, and why
  rollover list --why --target T    what applies to a server or client of yours`,
		Version:       versionName(),
		SilenceErrors: true,

		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		DisableFlagsInUseLine:      true,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:                       knownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("rollover {{.Version}}\n")
	root.SetFlagErrorFunc(badFlag)
	root.SetHelpCommand(newHelp())
	root.AddCommand(
		newRun(), newList(), newExplain(), newPlay(), newJudge(), newReport(), newCompare(), newMerge(),
		newCertify(), newVerify(), newBadge(), newSelftest(), newServe(), newWatch(), newSchema(), newDoctor(),
		newCompletion(), newMan(),
	)
	return root
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "tell about a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return knownCommand(cmd.Root(), args)
			}
			about.InitDefaultHelpFlag()
			about.InitDefaultVersionFlag()
			return about.Help()
		},
	}
}
