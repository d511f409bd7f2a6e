package rollover

import (
	"errors"
	"strings"
	"testing"
)

func idsOf(all []Scenario) string {
	ids := make([]string, len(all))
	for i, s := range all {
		ids[i] = s.ID
	}
	return strings.Join(ids, " ")
}

// shelf is a small catalogue.
func shelf(t testing.TB) []Scenario {
	t.Helper()
	all, err := LoadScenarios("shelf.yaml", []byte(`
- {id: rtsp/one, dialect: wmp11, moniker: rtsp, level: core, labels: [group-a, smoke]}
- {id: rtsp/two, dialect: wmp11, moniker: rtsp, family: ipv6, level: core, labels: [group-b]}
- {id: rtsp/deep/three, dialect: mf, moniker: rtsp}
- {id: mms/one, dialect: wmp6, moniker: mms, labels: [group-a]}
- {id: core, dialect: card, moniker: mms}
`))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var shelfFiles = map[string]string{
	"list.txt":  "# a comment\n\nrtsp/one  # this one\nmms/*\n",
	"deep.txt":  "@list.txt\nown.yaml\n",
	"loop.txt":  "@loop.txt\n",
	"empty.txt": "# nothing yet\n\n",
	"wrong.txt": "rtsp/one\nnope\n",
	"own.yaml":  "- {id: rtsp/one, dialect: card, moniker: rtsp}\n",
	"more.yaml": "- {id: rtsp/one/inside, dialect: card, moniker: rtsp}\n",
	"bad.yaml":  "- {id: x}\n",
}

func readShelf(name string) ([]byte, error) {
	if text, ok := shelfFiles[name]; ok {
		return []byte(text), nil
	}
	return nil, errors.New("no such file")
}

func TestSelect(t *testing.T) {
	t.Parallel()
	for selectors, want := range map[string]string{
		"":                          "rtsp/one rtsp/two rtsp/deep/three mms/one core",
		"rtsp/two":                  "rtsp/two",
		"core":                      "core", // an ID comes before a label
		"core && !ipv6":             "rtsp/one",
		"core&&ipv6":                "rtsp/two",
		"rtsp/*":                    "rtsp/one rtsp/two",
		"rtsp/**":                   "rtsp/one rtsp/two rtsp/deep/three",
		"**/one":                    "rtsp/one mms/one",
		"*/t*":                      "rtsp/two",
		"group-a":                   "rtsp/one mms/one",
		"group-a && (mms || smoke)": "rtsp/one mms/one",
		"!rtsp":                     "mms/one core",
		"!(rtsp || ipv6)":           "mms/one core",
		"mms || mf":                 "rtsp/deep/three mms/one core",
		"rtsp/two,rtsp/one":         "rtsp/one rtsp/two",
		"@list.txt":                 "rtsp/one mms/one",
		"own.yaml":                  "rtsp/one",
		"own.yaml,own.yaml":         "rtsp/one",
		"mms/one,own.yaml":          "mms/one rtsp/one",
		"more.yaml":                 "rtsp/one/inside",
	} {
		var list []string
		if selectors != "" {
			list = strings.Split(selectors, ",")
		}
		got, err := SelectFrom(list, shelf(t), readShelf)
		if err != nil || idsOf(got) != want {
			t.Errorf("%s: %q, %v; want %q", selectors, idsOf(got), err, want)
		}
	}
}

func TestSelectErrors(t *testing.T) {
	t.Parallel()
	for selectors, want := range map[string]string{
		"rtsp/on":            `no scenario has the ID "rtsp/on" (near: rtsp/one)`,
		"wmp6 && ipv6":       "matches no scenario", // known labels, nothing has both
		"nope":               `the label "nope"`,
		"core && nope":       `the label "nope"`,
		"core &&":            "a label is missing",
		"(core":              "not closed",
		"core )":             `found ")"`,
		"core core":          `found "core"`,
		"Core":               "allowed: labels",
		"x/*":                "matches no scenario",
		"rtsp/[a]*":          "character that no ID has",
		"@nope.txt":          "no such file",
		"nope.yaml":          "no such file",
		"bad.yaml":           `key "dialect" is missing`,
		"@wrong.txt":         "wrong.txt:2",
		"@loop.txt":          "deep",
		"@empty.txt":         "list empty.txt names no scenario",
		"@deep.txt":          `id "rtsp/one" a second time`,
		"rtsp/one,own.yaml":  `id "rtsp/one" a second time`,
		"rtsp/one,more.yaml": "lies inside",
		" ":                  "empty selector",
	} {
		got, err := SelectFrom(strings.Split(selectors, ","), shelf(t), readShelf)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want an error with %q", selectors, idsOf(got), err, want)
		}
	}
	if _, err := Select([]string{"own.yaml"}, shelf(t)); err == nil {
		t.Error("a file without a reader: no error")
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"dialect: wmp11\nmoniker: http":                         "extended ipv4 rtsp wmp11",
		"dialect: wmp6\nmoniker: http\nfamily: ipv6":            "extended ipv6 mms wmp6",
		"dialect: card\nmoniker: mmst\nlabels: [group-f]":       "extended ipv4 mms card group-f",
		"dialect: card\nmoniker: http\nlevel: core":             "core ipv4 rtsp card",
		"dialect: wmf\nmoniker: mms":                            "extended ipv4 rtsp wmf",
		"dialect: modern\nmoniker: rtsp\nlabels: [core, smoke]": "extended ipv4 modern core smoke",
	} {
		if got := strings.Join(scenario(t, yaml).AllLabels(), " "); got != want {
			t.Errorf("%s: %s, want %s", yaml, got, want)
		}
	}
}
