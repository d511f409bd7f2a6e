package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

//go:embed probes.txt
var probes string

// corpus is the package that judges kept evidence: its tests are every
// subject's too.
const corpus = "./suites/assess"

// A subject is a package whose tests are put to the question, and the names
// of the files in which mutants are planted.
type subject struct {
	pkg   string
	files []string
}

// try builds the instrumented test binary and runs every mutant.
func (s subject) try(ctx context.Context, workers int) (result, error) {
	dir, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return result{}, fmt.Errorf("make a place for the build: %w", err)
	}
	defer os.RemoveAll(dir)
	p, err := s.load(ctx)
	if err != nil {
		return result{}, err
	}
	mutants, overlay, err := s.instrument(p, dir)
	if err != nil {
		return result{}, err
	}
	var all []test
	for _, pkg := range []string{s.pkg, corpus} {
		b := binary{path: filepath.Join(dir, filepath.Base(pkg)+".test"), folder: filepath.Join(p.Dir, "..", filepath.Base(pkg))}
		build := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", overlay, "-o", b.path, pkg)
		if out, err := build.CombinedOutput(); err != nil {
			return result{}, fmt.Errorf("build the tests of %s with the mutants of %s: %w\n%s", pkg, s.pkg, err, out)
		}
		measured, err := b.measure(ctx, dir, workers)
		if err != nil {
			return result{}, err
		}
		all = append(all, measured...)
	}
	return run(ctx, s.pkg, mutants, all, workers)
}

func (s subject) load(ctx context.Context) (*packages.Package, error) {
	config := &packages.Config{Context: ctx, Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax |
		packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps}
	loaded, err := packages.Load(config, s.pkg)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", s.pkg, err)
	}
	p := loaded[0]
	if len(p.Errors) > 0 {
		return nil, fmt.Errorf("load %s: %w", s.pkg, p.Errors[0])
	}
	p.Dir = filepath.Dir(p.GoFiles[0])
	return p, nil
}

// instrument writes the rewritten files and the probes to dir, and the
// overlay that puts them in place of the package's own.
func (s subject) instrument(p *packages.Package, dir string) ([]mutant, string, error) {
	var mutants []mutant
	replace := map[string]string{}
	write := func(instead string, text []byte) error {
		to := filepath.Join(dir, filepath.Base(instead))
		replace[instead] = to
		return os.WriteFile(to, text, 0o666)
	}
	for _, file := range p.Syntax {
		name := p.Fset.Position(file.Pos()).Filename
		if !s.covers(filepath.Base(name)) {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, "", err
		}
		plant := planter{fset: p.Fset, info: p.TypesInfo, mutants: &mutants}
		ast.Inspect(file, plant.plant)
		if err := write(name, plant.text.apply(source)); err != nil {
			return nil, "", err
		}
	}
	text := strings.NewReplacer("PACKAGE", p.Name, "HIGHEST", fmt.Sprint(len(mutants))).Replace(probes)
	if err := write(filepath.Join(p.Dir, "mutant_probes.go"), []byte(text)); err != nil {
		return nil, "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, "", err
	}
	return mutants, overlay, os.WriteFile(overlay, data, 0o666)
}

func (s subject) covers(file string) bool {
	for _, pattern := range s.files {
		if ok, _ := filepath.Match(pattern, file); ok {
			return true
		}
	}
	return false
}
