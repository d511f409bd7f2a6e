package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// stock is everything in a world that a command could leave: a process, a link,
// a socket, a mount (a namespace without a process is held by one) or a file.
type stock map[string]bool

func takeStock() (stock, error) {
	s := stock{}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	for _, dir := range processes {
		if dir == "/proc/1" {
			continue
		}
		line, err := os.ReadFile(dir + "/cmdline")
		if err == nil { // it has not ended meanwhile
			s["process "+strings.ReplaceAll(string(line), "\x00", " ")] = true
		}
	}
	for _, table := range []struct{ what, file string }{
		{"mount", "/proc/self/mountinfo"}, {"link", "/proc/net/dev"},
		{"tcp socket", "/proc/net/tcp"}, {"tcp socket", "/proc/net/tcp6"}, {"udp socket", "/proc/net/udp"}, {"udp socket", "/proc/net/udp6"},
		{"unix socket", "/proc/net/unix"}, {"packet socket", "/proc/net/packet"}, {"raw socket", "/proc/net/raw"}, {"raw socket", "/proc/net/raw6"},
	} {
		text, err := os.ReadFile(table.file)
		if err != nil {
			continue // a kernel without it
		}
		for line := range strings.Lines(string(text)) {
			if table.what == "link" {
				line, _, _ = strings.Cut(line, ":") // numbers behind it change
			}
			s[table.what+" "+strings.TrimSpace(line)] = true
		}
	}
	for _, dir := range emptied {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				s["file "+path] = true
			}
			return nil // what is gone is not left
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// without lists what is in s and not in before, but for files that are allowed.
func (s stock) without(before stock, allowed func(string) bool) []string {
	var left []string
	for thing := range s {
		file, isFile := strings.CutPrefix(thing, "file ")
		if !before[thing] && (!isFile || !allowed(file)) {
			left = append(left, thing)
		}
	}
	return left
}
