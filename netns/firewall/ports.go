package firewall

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ParsePorts reads a set of ports as people write it: "80", "1024-5000", or
// several of these with commas between, "80, 554". It is the inverse of
// [Ports.String].
func ParsePorts(s string) (Ports, error) {
	var ports Ports
	for part := range strings.SplitSeq(s, ",") {
		r, err := parseRange(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		ports = append(ports, r)
	}
	return ports, nil
}

func parseRange(s string) (Range, error) {
	first, last, isRange := strings.Cut(s, "-")
	lo, err := parsePort(strings.TrimSpace(first))
	if err != nil {
		return Range{}, err
	}
	if !isRange {
		return Range{Lo: lo, Hi: lo}, nil
	}
	hi, err := parsePort(strings.TrimSpace(last))
	if err != nil {
		return Range{}, err
	}
	if hi < lo {
		return Range{}, fmt.Errorf("port range %s runs backwards: want %d-%d", s, hi, lo)
	}
	return Range{Lo: lo, Hi: hi}, nil
}

func parsePort(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n < 1 || n > 65535 {
		return 0, fmt.Errorf("port %q: want a number from 1 to 65535, or a range such as 1024-5000", s)
	}
	return uint16(n), nil
}

// Contains tells whether the range has the port.
func (r Range) Contains(port uint16) bool { return r.Lo <= port && port <= r.Hi }

// String returns "80" or "1024-5000".
func (r Range) String() string {
	if r.Lo == r.Hi {
		return strconv.Itoa(int(r.Lo))
	}
	return fmt.Sprintf("%d-%d", r.Lo, r.Hi)
}

// Contains tells whether the set has the port; the empty set means any port.
func (p Ports) Contains(port uint16) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(r Range) bool { return r.Contains(port) })
}

// String returns the ranges with commas between, in their order; the empty
// set is the empty text.
func (p Ports) String() string {
	parts := make([]string, len(p))
	for i, r := range p {
		parts[i] = r.String()
	}
	return strings.Join(parts, ",")
}

// Normal returns the same set in ascending order, with ranges that touch or
// overlap made one.
func (p Ports) Normal() Ports {
	sorted := slices.Clone(p)
	slices.SortFunc(sorted, func(a, b Range) int { return cmp.Compare(a.Lo, b.Lo) })
	var merged Ports
	for _, r := range sorted {
		last := len(merged) - 1
		if last >= 0 && uint32(r.Lo) <= uint32(merged[last].Hi)+1 {
			merged[last].Hi = max(merged[last].Hi, r.Hi)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}
