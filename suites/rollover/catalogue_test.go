package rollover

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

func loadCatalogue(t testing.TB) []Scenario {
	t.Helper()
	all, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCatalogueCounts holds the catalogue against the matrix of rollover.md D:
// ladder R has 72 scenarios in groups A to F and 11 in H and I, ladder M 49 and
// 9, ladder N 43 and 9; A to F come again over IPv6; G has four of each of the
// first two, J two, and K ten, three and six; O has its four classes on either
// of them, and more; the smoke tier has nine, seven and eight. The mixed ladders are no part of the matrix.
func TestCatalogueCounts(t *testing.T) {
	t.Parallel()
	want := map[string]int{
		"rtsp group-a": 10, "rtsp group-b": 22, "rtsp group-c": 16, "rtsp group-d": 6, "rtsp group-e": 10, "rtsp group-f": 8,
		"mms group-a": 4, "mms group-b": 11, "mms group-c": 16, "mms group-d": 5, "mms group-e": 9, "mms group-f": 4,
		"rtsp group-h": 8, "rtsp group-i": 3, "mms group-h": 6, "mms group-i": 3,
		"rtsp group-g": 4, "mms group-g": 4,
		"rtsp group-j": 2, "mms group-j": 2, "rtsp group-k": 10, "mms group-k": 3,
		"rtsp group-o": 8, "mms group-o": 6,
		"rtsp life": 12, "mms life": 1, "rtsp habits": 10, "modern life": 20, "modern habits": 4,
		"rtsp narrow": 7, "mms narrow": 6,
		"modern group-a": 4, "modern group-b": 11, "modern group-c": 16, "modern group-d": 5, "modern group-e": 7,
		"modern group-h": 6, "modern group-o": 1, "modern group-i": 3, "modern group-k": 6,
		"rtsp smoke": 9, "mms smoke": 7, "modern smoke": 8,
	}
	for _, l := range []string{"rtsp ", "mms ", "modern "} {
		for _, g := range derivedGroups {
			if n := want[l+g]; n > 0 {
				want["ipv6 "+l+g] = n
			}
		}
	}
	got := map[string]int{}
	core := map[Family]int{}
	for _, s := range loadCatalogue(t) {
		if s.HasLabel("mixed") {
			continue
		}
		for _, l := range s.Labels {
			l = s.LadderName() + " " + l
			if s.Family == IPv6 {
				l = "ipv6 " + l
			}
			got[l]++
		}
		if s.Level == Core {
			core[s.Family]++
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("counts %v\nwant %v", got, want)
	}
	if core[IPv4] != 164 || core[IPv6] != 121 {
		t.Errorf("core scenarios: %v, want 164, and 121 over IPv6", core)
	}
}

func TestCatalogueEntries(t *testing.T) {
	t.Parallel()
	written := 0
	for _, s := range loadCatalogue(t) {
		if s.Purpose == "" || len(s.Refs) == 0 {
			t.Errorf("%s has no purpose or no refs", s.ID)
		}
		if !Embedded(s) || s.Source.Line == 0 {
			t.Errorf("%s comes from %+v", s.ID, s.Source)
		}
		for _, ref := range s.Refs {
			if _, ok := LookUp(ref); !ok {
				t.Errorf("%s refers to %s, which is no requirement", s.ID, ref)
			}
		}
		if s.Family == IPv4 && s.Expect != "" {
			written++
		}
		if strings.HasPrefix(s.ID, derivedPrefix) != (s.Family == IPv6) {
			t.Errorf("%s runs over %s", s.ID, s.Family)
		}
	}
	if written < 40 {
		t.Errorf("%d scenarios carry a person's expectation, want 40 or more", written)
	}
}

// TestOracleAgreesWithAuthors keeps expect lines and oracle honest, those
// over IPv6 included.
func TestOracleAgreesWithAuthors(t *testing.T) {
	t.Parallel()
	for _, s := range loadCatalogue(t) {
		if s.Expect == "" {
			continue
		}
		want, err := ParseSequences(s.Expect)
		if err != nil {
			t.Errorf("%s: %v", s.ID, err)
			continue
		}
		for _, timing := range []Timing{Brisk, Standard} {
			if got := Predict(s, ClientRow{}, timing); !sameSequences(got, want) {
				t.Errorf("%s, %s: predicted %s, written %s", s.ID, timing.Name, got, want)
			}
		}
	}
}

// TestNoTwoScenariosAreTheSame: two entries that differ in their words only
// would prove the same thing twice.
func TestNoTwoScenariosAreTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, s := range loadCatalogue(t) {
		id := s.ID
		s.ID, s.Purpose, s.Refs, s.Labels, s.Expect, s.Source = "x", "", nil, nil, "", Source{}
		s.Profile = cloneProfile(s.Profile) // the catalogue is shared
		s.Profile.Name, s.Profile.Purpose = "", ""
		for i := range s.Profile.Rules {
			s.Profile.Rules[i].Name = ""
		}
		text := string(MarshalScenario(s))
		if twin, ok := seen[text]; ok {
			t.Errorf("%s and %s are the same scenario", id, twin)
		}
		seen[text] = id
	}
}

func TestScenariosReadBack(t *testing.T) {
	t.Parallel()
	for _, s := range loadCatalogue(t) {
		text := MarshalScenario(s)
		back, err := LoadScenarios("scenario.yaml", text)
		if err != nil {
			t.Errorf("%s\n%s", err, text)
			continue
		}
		s.Source, back[0].Source = Source{}, Source{}
		if !reflect.DeepEqual(back[0], s) {
			t.Errorf("%s came back as\n%+v\nwant\n%+v\n%s", s.ID, back[0], s, text)
		}
	}
}

// TestProfilesAreCopies: a reader cannot change what others read.
func TestProfilesAreCopies(t *testing.T) {
	t.Parallel()
	p, err := ProfileNamed("no-udp-to-client")
	if err != nil {
		t.Fatal(err)
	}
	p.Rules[0].SPort[0].Lo = 1
	p.Rules[1].Name = "changed"
	again, err := ProfileNamed("no-udp-to-client")
	if err != nil || again.Rules[0].SPort[0].Lo != 5004 || again.Rules[1].Name != "no rtcp" {
		t.Errorf("a reader changed the profile: %+v, %v", again, err)
	}
}

func TestProfilesAreValid(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	var seen []string
	for _, p := range Profiles() {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if !name.MatchString(p.Name) || slices.Contains(seen, p.Name) {
			t.Errorf("profile name %q", p.Name)
		}
		if len(p.Compile(firewall.Gateway{ToClient: "client", ToServer: "server"})) == 0 {
			t.Errorf("%s compiles to nothing", p.Name)
		}
		seen = append(seen, p.Name)
	}
	for _, want := range []string{"open", "no-udp-to-client", "no-udp-to-client-reset", "no-rtsp", "rtsp-reset", "rtsp-prohibit",
		"no-http", "http-reset", "no-rtsp-no-http", "client-default-deny", "nat-masquerade", "nat-renumber", "only-http"} {
		if !slices.Contains(seen, want) {
			t.Errorf("no profile %s", want)
		}
	}
}

// TestRequirements: every requirement and fault of rollover.md has its row.
func TestRequirements(t *testing.T) {
	t.Parallel()
	modern := 0
	for _, r := range Requirements() {
		if strings.HasPrefix(r.ID, "RO-MOD-") {
			modern++
		}
	}
	if n := len(Requirements()); n != 128+modern || modern == 0 {
		t.Errorf("%d requirements, %d of them of the modern ladder, want 128 beside those", n, modern)
	}
	parties := map[Party]int{}
	for _, f := range Faults() {
		parties[f.Party]++
		for _, id := range f.Breaks {
			if _, ok := LookUp(id); !ok {
				t.Errorf("%s breaks %s, which is no requirement", f.ID, id)
			}
		}
	}
	if parties[PartyServer] != 95 || parties[PartyClient] != 28 {
		t.Errorf("faults: %v, want 95 of the server and 28 of the client", parties)
	}
	seen := map[string]bool{}
	for _, r := range Requirements() {
		if seen[r.ID] || r.Text == "" {
			t.Errorf("requirement %s twice, or empty", r.ID)
		}
		seen[r.ID] = true
	}
}
