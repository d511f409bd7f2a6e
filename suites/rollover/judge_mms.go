package rollover

// timerRule is the requirement that a client give media its time.
func timerRule(r Rung) string {
	if r.Control() == ServiceMMS {
		return "RO-MMS-105"
	}
	return "RO-RTSP-104"
}

// mmsHungerRule is the requirement that what an MMS client asked for, and was
// promised, come: by UDP the header first.
func mmsHungerRule(r Rung, o Attempt) string {
	if r == MMSU && !o.Asked {
		return "RO-MMS-105"
	}
	return mediaRule(r)
}

// mmsRefusalRule is the requirement that an error of the server's breaks where
// it should have served: who is turned away before a funnel is old enough for
// MMS, and a funnel that is offered is granted; anything else is no refusal.
func mmsRefusalRule(o Attempt) string {
	switch {
	case o.Outcome == Broken:
		return "RO-MMS-109"
	case len(o.Candidates) > 1:
		return "RO-MMS-01"
	}
	return "RO-MMS-103"
}
