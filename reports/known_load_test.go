package reports

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// entryWith is a right entry but for one key.
func entryWith(key, value string) string {
	var b strings.Builder
	b.WriteString("-")
	for _, f := range [][2]string{{"scenario", "rtsp/no-udp"}, {"requirement", "RO-ROLL-01"}, {"reason", "slow"}, {"owner", "me"}, {"expires", "2026-12-31"}} {
		if f[0] == key {
			f[1] = value
		}
		if f[1] != "" {
			b.WriteString(" " + f[0] + ": " + f[1] + "\n ")
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// badKnown is every kind of mistake in a list, with the place and the words of
// its message; beyond marks those that only the loader sees.
var badKnown = []struct {
	name, yaml, want string
	beyond           bool
}{
	{"no list", "scenario: a\n", `known.yaml:1:1: found an object; allowed: a list`, false},
	{"no entry", "- a\n", `known.yaml:1:3: found the text "a"; allowed: an object`, false},
	{"an unknown key", entryWith("", "") + "  until: x\n", `known.yaml:6:3: unknown key "until"; allowed: scenario requirement reason owner expires`, false},
	{"no reason", entryWith("reason", ""), `known.yaml:1:3: key "reason" is missing`, false},
	{"no owner", entryWith("owner", ""), `key "owner" is missing`, false},
	{"no expiry", entryWith("expires", ""), `key "expires" is missing`, false},
	{"an empty reason", entryWith("reason", `" "`), `known.yaml:3:11: an empty text`, false},
	{"a wrong character", entryWith("scenario", "RTSP/no_udp"), `known.yaml:1:13: scenario "RTSP/no_udp"; allowed: an ID, or a glob`, false},
	{"a scenario that is a list", entryWith("scenario", "[a]"), `scenario: found a list; allowed: a text`, false},
	{"an empty scenario", entryWith("scenario", `""`), `scenario ""`, false},
	{"an unknown requirement", entryWith("requirement", "RO-ROLL-99"), `known.yaml:2:16: unknown requirement "RO-ROLL-99"; allowed: `, true},
	{"no requirement at all", entryWith("requirement", "slow"), `unknown requirement "slow"`, false},
	{"no day", entryWith("expires", "soon"), `known.yaml:5:12: expires: found "soon"; allowed: a day such as 2026-12-31`, false},
	{"a day that no calendar has", entryWith("expires", "2026-02-30"), `expires: found "2026-02-30"`, true},
	{"a moment", entryWith("expires", "2026-02-03T00:00:00Z"), `a day such as`, false},
	{"a number", entryWith("expires", "2026"), `expires: found "2026"; allowed: a day such as 2026-12-31`, false},
	{"an entry twice", entryWith("", "") + entryWith("", ""), `known.yaml:6:3: rtsp/no-udp and RO-ROLL-01 a second time (line 1); allowed: each pair once`, true},
	{"a tab", "-\tscenario: [", `known.yaml`, false},
}

func TestLoadKnownFailuresRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range badKnown {
		if _, err := LoadKnownFailures("known.yaml", []byte(c.yaml)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error\n%v\nwant one with\n%s", c.name, err, c.want)
		}
	}
}

func TestLoadKnownFailures(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{"", "# all is mended\n", "[]\n"} {
		if k, err := LoadKnownFailures("known.yaml", []byte(empty)); err != nil || len(k) != 0 {
			t.Errorf("%q: %v, %v", empty, k, err)
		}
	}
	k := loadKnown(t, sampleKnown)
	if len(k) != 5 || k[0].Line != 2 || k[0].Owner != "streaming team" || k[1].Expires.Format(day) != "2026-03-13" {
		t.Errorf("read %+v", k)
	}
}

func TestKnownFailuresSchema(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(KnownFailuresSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("known.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("known.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(text string) error {
		var value any
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			return err
		}
		data, err := json.Marshal(value)
		if err != nil {
			return err
		}
		if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(data)); err != nil {
			return err
		}
		return s.Validate(value)
	}
	if err := validate(sampleKnown); err != nil {
		t.Error(err)
	}
	for _, bad := range badKnown {
		if err := validate(bad.yaml); (err == nil) != bad.beyond {
			t.Errorf("%s: the schema says %v", bad.name, err)
		}
	}
}

func FuzzLoadKnownFailures(f *testing.F) {
	f.Add(sampleKnown)
	for _, c := range badKnown {
		f.Add(c.yaml)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := LoadKnownFailures("known.yaml", []byte(text))
		if err != nil && k != nil {
			t.Error("a list beside an error")
		}
		k.MarkAll(Run{Results: graded("core", "fail", "pass")})
	})
}
