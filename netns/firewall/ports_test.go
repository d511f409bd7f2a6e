package firewall

import (
	"slices"
	"testing"
)

func TestParsePorts(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Ports{
		"80":               {{80, 80}},
		"1024-5000":        {{1024, 5000}},
		"80, 554":          {{80, 80}, {554, 554}},
		"80,1024 - 5000,1": {{80, 80}, {1024, 5000}, {1, 1}},
		"1-65535":          {{1, 65535}},
	} {
		got, err := ParsePorts(in)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %v, %v; want %v", in, got, err, want)
		}
	}
}

func TestParsePortsRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "0", "65536", "70000", "-1", "80,", "a", "5000-1024", "1-2-3", "0x50", "80 554", "99999999999999999999"} {
		if got, err := ParsePorts(in); err == nil {
			t.Errorf("%q: no error, got %v", in, got)
		}
	}
}

func FuzzParsePorts(f *testing.F) {
	for _, seed := range []string{"80", "1024-5000", "80, 554", "80,1024-5000", "-", ",,", "5-1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		ports, err := ParsePorts(in)
		if err != nil {
			return
		}
		again, err := ParsePorts(ports.String())
		if err != nil || !slices.Equal(ports, again) {
			t.Fatalf("%q became %v, which became %v (%v)", in, ports, again, err)
		}
		normal := ports.Normal()
		for i, r := range normal {
			if r.Lo > r.Hi || i > 0 && uint32(normal[i-1].Hi)+1 >= uint32(r.Lo) {
				t.Fatalf("%v is not in normal form", normal)
			}
		}
		for _, r := range append(ports, normal...) {
			for _, port := range []uint16{r.Lo - 1, r.Lo, r.Hi, r.Hi + 1} {
				if port != 0 && ports.Contains(port) != normal.Contains(port) {
					t.Fatalf("%v and its normal form %v differ at %d", ports, normal, port)
				}
			}
		}
	})
}
