package netns

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
)

// ownsMachineIDs tells whether this process may take any user id, which it may
// not in a user namespace that maps one id only.
func ownsMachineIDs() bool {
	if !privileged() {
		return false
	}
	text, err := os.ReadFile("/proc/self/uid_map")
	return err == nil && mapsNobody(string(text))
}

// mapsNobody tells whether a uid_map (inside, outside, count a line) covers
// the id of nobody.
func mapsNobody(uidMap string) bool {
	for line := range strings.Lines(uidMap) {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		first, err1 := strconv.ParseUint(f[0], 10, 32)
		count, err2 := strconv.ParseUint(f[2], 10, 32)
		if err1 == nil && err2 == nil && first <= nobody && nobody-first < count {
			return true
		}
	}
	return false
}

// lookupUser is the ids of a user of the machine, by name or number. The
// super-user is refused: a program under test never gets its ids.
func lookupUser(name string) (uid, gid int, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.LookupId(name); err != nil {
			return 0, 0, fmt.Errorf("user %q: not in the machine's user table", name)
		}
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err1 != nil || err2 != nil || uid == 0 {
		return 0, 0, fmt.Errorf("user %q: programs run as an ordinary user", name)
	}
	return uid, gid, nil
}
