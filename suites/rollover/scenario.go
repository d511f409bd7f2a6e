package rollover

import (
	"slices"
	"time"

	"github.com/rollover-conformance/rollover/netns/firewall"
)

// Level says how much a scenario weighs in a summary.
type Level string

// The levels of a scenario.
const (
	Core     Level = "core"
	Extended Level = "extended"
)

// Dialect says whose ladders a client walks (rollover.md B.2).
type Dialect string

// Family is the IP version a trial runs over.
type Family string

// The two families.
const (
	IPv4 Family = "ipv4"
	IPv6 Family = "ipv6"
)

// Switch is a protocol that can be switched off in the client
// (rollover.md B.3.3).
type Switch string

// The switches of a client's limits.
const (
	SwitchUDP       Switch = "UDP"
	SwitchTCP       Switch = "TCP"
	SwitchHTTP      Switch = "HTTP"
	SwitchMulticast Switch = "MULTICAST"
	SwitchRTSP      Switch = "RTSP"
	SwitchDownload  Switch = "DOWNLOAD"
)

// Party is who a statement is about.
type Party string

// The parties of a trial. The rig is everything of ours that is neither side.
const (
	PartyServer Party = "server"
	PartyClient Party = "client"
	PartyRig    Party = "rig"
)

// Scenario is one experiment: what the client asks for, what the server
// offers, what the path lets through. It is read from YAML (contract.md, "A
// scenario file"); after loading every default is filled in, except that
// Timing stays empty where the file names none.
type Scenario struct {
	ID         string           `json:"id"`
	Purpose    string           `json:"purpose,omitempty"`
	Refs       []string         `json:"refs,omitempty"`
	Level      Level            `json:"level"`
	Labels     []string         `json:"labels,omitempty"` // as written; see [Scenario.AllLabels]
	Dialect    Dialect          `json:"dialect"`
	Moniker    string           `json:"moniker"`
	Port       uint16           `json:"port,omitempty"` // in the URL; 0: none
	Limits     []Switch         `json:"limits,omitempty"`
	Offer      Offer            `json:"offer"`
	Faults     []string         `json:"faults,omitempty"`
	Deviations []string         `json:"deviations,omitempty"` // lawful oddities of the reference side; see fixtures/deviation
	Family     Family           `json:"family"`
	Timing     string           `json:"timing,omitempty"` // brisk, standard; empty: brisk, or the command line's
	Profile    firewall.Profile `json:"profile"`
	Link       Link             `json:"link"`
	Client     ClientSetup      `json:"client"`
	Topology   string           `json:"topology"` // routed, multicast, encoder, distribution
	Place      string           `json:"place,omitempty"`
	Then       []Event          `json:"then,omitempty"`
	Linger     time.Duration    `json:"linger_ns,omitempty"` // 0: until the server's own sockets are quiet
	Expect     string           `json:"expect,omitempty"`    // notation; empty: the oracle alone

	Source Source `json:"-"` // where it was read
}

// Source is the place in a file a value was read from.
type Source struct {
	File     string
	Line     int
	Embedded bool // File is one of this package's own
}

// Offer is what the server serves, and the lawful refusals it answers with.
type Offer struct {
	WMS       string             `json:"wms"`   // "4.1" "9.0" "9.1" "9.5"
	Rungs     []Rung             `json:"rungs"` // resolved; empty: nothing listens
	HTTP      string             `json:"http"`  // wmsp, off, impostor, mute
	FastCache bool               `json:"fast_cache"`
	Content   string             `json:"content"`              // vod, live
	Length    time.Duration      `json:"length_ns,omitempty"`  // of the content; 0: as short as the rest of the scenario allows
	Session   time.Duration      `json:"session_ns,omitempty"` // time-out of an RTSP session, as announced; 0: the server's own
	Reports   bool               `json:"reports,omitempty"`    // RTCP sender reports go beside the media
	Ports     map[Service]uint16 `json:"ports,omitempty"`      // where they differ from the defaults
	Reply     map[string]string  `json:"reply,omitempty"`      // rtsp, http: a status; mms: a code; connect: mute
	Auth      *Auth              `json:"auth,omitempty"`
}

// Auth is what the server asks for, and what the client answers.
type Auth struct {
	Scheme   string `json:"scheme"` // basic, digest
	User     string `json:"user"`
	Password string `json:"password"`
	Client   string `json:"client"` // right, wrong, none
}

// Link is what both links of the lab are like; zero values mean an ordinary
// Ethernet.
type Link struct {
	MTU  int    `json:"mtu,omitempty"`  // bytes
	Rate uint64 `json:"rate,omitempty"` // bit/s
}

// ClientSetup is how the client is started.
type ClientSetup struct {
	Ports  firewall.Ports `json:"ports,omitempty"`  // its UDP ports; empty: 1024-5000
	Count  int            `json:"count"`            // clients that play at once
	Mix    []Variant      `json:"mix,omitempty"`    // what the first, second, … of several do otherwise, and then from the beginning again
	Faulty int            `json:"faulty,omitempty"` // of several clients the one in which client faults are planted; 0: all
	Starts int            `json:"starts"`
	Abort  int            `json:"abort,omitempty"` // starts before those, each given up at its first media
	Memory string         `json:"memory,omitempty"`
	Agent  string         `json:"agent,omitempty"`
	Habits []Habit        `json:"habits,omitempty"`
	Names  int            `json:"names,omitempty"` // addresses of the URL's name: the server's, and others where nobody is; 0: the URL has the address
}

// Plays is how often the client is started altogether.
func (c ClientSetup) Plays() int { return c.Abort + c.Starts }

// What a client that is started again may know of its earlier starts.
const (
	MemoryKept  = "kept"  // it may begin with the rung that worked
	MemoryReset = "reset" // it was told to forget
)

// Habit is a way in which a lawful client may differ from the player of its
// dialect. The built-in client takes it up when it is told to.
type Habit string

// The habits.
const (
	HabitPlain     Habit = "plain"     // speaks RFC 2326 as everybody does: asks for no packet pairs and waits for media after PLAY
	HabitReconnect Habit = "reconnect" // makes a new connection for each rung, and lets the old one stand until it has ended
	HabitAnew      Habit = "anew"      // asks for another transport without naming the session that it has
	HabitResend    Habit = "resend"    // asks for the stream of retransmissions over TCP, too
	HabitPunch     Habit = "punch"     // sends a datagram to the server's port before it expects media
	HabitLookBack  Habit = "look-back" // asks once more, on a new connection, for the session that it has torn down
	HabitCookie    Habit = "cookie"    // opens each tunnel with a cookie that others have, too
)

// Habits returns all habits.
func Habits() []Habit {
	return []Habit{HabitPlain, HabitReconnect, HabitAnew, HabitResend, HabitPunch, HabitLookBack, HabitCookie}
}

// Has reports whether the client has the habit.
func (c ClientSetup) Has(h Habit) bool { return slices.Contains(c.Habits, h) }

// Event is something that happens in the middle of a trial.
type Event struct {
	When    string            `json:"when"` // playing, starved, played, or "after 2s"
	Profile *firewall.Profile `json:"profile,omitempty"`
	Do      string            `json:"do,omitempty"` // pause stop seek forward
}
