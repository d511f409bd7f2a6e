// Command mutate plants small defects in our own judge, oracle and trace, one
// at a time, and runs the unit tests against each: a test that does not fail
// then proves less than it seems to.
//
// All mutants of a package are compiled into one test binary, behind switches
// that an environment variable selects; so a mutant costs a run of the tests
// that reach it, and no build. The sources on disk are never touched: the
// build reads the instrumented ones through an overlay.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
)

// judged are the packages that a verdict depends on, and which of their files
// decide it. The corpus in suites/assess tests both.
var judged = []subject{
	{"./suites/rollover", []string{"judge*.go", "oracle*.go", "match.go", "windows.go", "ladder.go", "path.go", "fact*.go", "observed.go", "notation.go", "expect.go", "breach.go", "clients.go", "http.go", "mms.go", "modern*.go", "msb.go", "protocol.go", "rtsp.go", "rung.go", "service.go"}},
	{"./suites/trace", []string{"*.go"}},
}

func main() {
	least := flag.Float64("least", 85, "the share of mutants, in percent, that the tests must kill")
	only := flag.String("package", "", "only this package of "+fmt.Sprint(names(judged)))
	workers := flag.Int("workers", runtime.NumCPU(), "how many mutants are tried at once")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok := true
	for _, s := range judged {
		if *only != "" && *only != s.pkg {
			continue
		}
		result, err := s.try(ctx, *workers)
		if err != nil {
			fmt.Fprintln(os.Stderr, "mutate:", err)
			os.Exit(2)
		}
		result.print(os.Stdout)
		ok = ok && result.share() >= *least
	}
	if !ok {
		os.Exit(1)
	}
}

func names(all []subject) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.pkg)
	}
	return out
}
