package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// A binary is an instrumented test binary, and the folder it runs in.
type binary struct{ path, folder string }

// A test is one test function, how long it takes and which mutants it reaches.
type test struct {
	binary
	name    string
	took    time.Duration
	reaches map[int]bool
}

// run runs for each mutant the tests that reach it, the quickest first.
func run(ctx context.Context, pkg string, mutants []mutant, all []test, workers int) (result, error) {
	slices.SortFunc(all, func(a, b test) int { return cmp.Compare(a.took, b.took) })
	r := result{pkg: pkg, all: len(mutants)}
	survived := make([]bool, len(mutants))
	unreached := make([]bool, len(mutants))
	var group errgroup.Group
	group.SetLimit(workers)
	for i, m := range mutants {
		var reach []test
		for _, one := range all {
			if one.reaches[m.id] {
				reach = append(reach, one)
			}
		}
		unreached[i] = len(reach) == 0
		group.Go(func() error {
			killed, err := kills(ctx, m, reach)
			survived[i] = !killed
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return result{}, err
	}
	for i, m := range mutants {
		if survived[i] {
			r.survivors = append(r.survivors, survivor{m, unreached[i]})
		}
	}
	return r, nil
}

// measure runs each test alone, with no mutant switched on.
func (b binary) measure(ctx context.Context, scratch string, workers int) ([]test, error) {
	list, err := b.command(ctx, "-test.list", "^(Test|Fuzz|Example)").Output()
	if err != nil {
		return nil, fmt.Errorf("list the tests: %w", err)
	}
	names := strings.Fields(string(list))
	all := make([]test, len(names))
	var group errgroup.Group
	group.SetLimit(workers)
	for i, name := range names {
		group.Go(func() error {
			reached := filepath.Join(scratch, "reached-"+name)
			c := b.command(ctx, "-test.run", "^"+regexp.QuoteMeta(name)+"$")
			c.Env = append(c.Environ(), "ROLLOVER_REACHED="+reached)
			began := time.Now()
			if out, err := c.CombinedOutput(); err != nil {
				return fmt.Errorf("%s fails without any mutant: %w\n%s", name, err, out)
			}
			all[i] = test{b, name, time.Since(began), numbers(reached)}
			return nil
		})
	}
	return all, group.Wait()
}

// kills says whether a test fails, or does not end, with the mutant switched
// on. Quick tests run together; each slow one runs only if they all passed.
func kills(ctx context.Context, m mutant, reach []test) (bool, error) {
	const quick = 300 * time.Millisecond
	for len(reach) > 0 {
		n := 1
		for n < len(reach) && reach[n].took < quick && reach[n].binary == reach[0].binary {
			n++
		}
		var names []string
		patience := 10 * time.Second
		for _, one := range reach[:n] {
			names = append(names, regexp.QuoteMeta(one.name))
			patience += 10 * one.took
		}
		c := reach[0].command(ctx, "-test.failfast", "-test.timeout", patience.String(), "-test.run", "^("+strings.Join(names, "|")+")$")
		c.Env = append(c.Environ(), "ROLLOVER_MUTANT="+strconv.Itoa(m.id))
		err := c.Run()
		var exit *exec.ExitError
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case errors.As(err, &exit):
			return true, nil
		case err != nil:
			return false, fmt.Errorf("run the tests against mutant %d: %w", m.id, err)
		}
		reach = reach[n:]
	}
	return false, nil
}

func (b binary) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.path, args...)
	c.Dir = b.folder
	return c
}

func numbers(file string) map[int]bool {
	out := map[int]bool{}
	data, _ := os.ReadFile(file) // a test that reaches no mutant leaves none
	for _, field := range strings.Fields(string(data)) {
		if n, err := strconv.Atoi(field); err == nil {
			out[n] = true
		}
	}
	return out
}
