package reports

import "github.com/invopop/jsonschema"

// described says what the keys of our schemas mean whose names do not: by type
// and key.
var described = map[string]map[string]string{
	"Result": {
		"predicted": "What had to be seen, in the notation. Of several clients: the sequences of all, each once.",
		"observed":  "What was seen, in the notation. Of several clients: each walk that was seen, once, with | between them; clients tells whose it is.",
		"final":     "The rung that played last, or none. Of several clients: none if one of them has none, else the last client's.",
		"clients":   "Of several clients: each, in the order of their numbers. Left out where there is one.",
	},
	"ClientResult": {
		"client":    "Its number, counted from 1; its host is that entry of setup.clients.",
		"predicted": "What it had to do, in the notation.",
		"observed":  "What it was seen to do, in the notation.",
		"verdict":   "By the findings about this client alone.",
	},
	"Finding": {
		"client": "Which of several clients it is about, counted from 1. Left out: the only one, or none of them in particular.",
	},
	"Setup": {
		"client":  "The client's host. Of several: the first one's.",
		"clients": "Of several clients: the host of each, in the order of their numbers.",
	},
	"Exit": {
		"client": "Which of several clients it is, counted from 1.",
	},
	"Trace": {
		"clients": "Of several clients: what each did. Attempts and facts stand there.",
	},
	"Fact": {
		"other": "Another client that takes part in it, counted from 1.",
	},
	"Prediction": {
		"clients": "Of several clients: what each must do.",
		"in_turn": "The clients come one after the other, as there may not be UDP ports for all.",
	},
}

// describe puts the descriptions into a schema.
func describe(s *jsonschema.Schema) {
	for name, keys := range described {
		of, ok := s.Definitions[name]
		if !ok {
			continue
		}
		for key, text := range keys {
			if property, ok := of.Properties.Get(key); ok {
				property.Description = text
			}
		}
	}
}
