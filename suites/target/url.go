package target

import (
	"fmt"
	"net/url"

	"github.com/rollover-conformance/rollover/suites/rollover"
	"github.com/rollover-conformance/rollover/suites/rollover/strict"
)

// sampleHost is an address of the documentation range in which no lab is.
const sampleHost = "203.0.113.1"

// sample is a template of a URL, filled in for a look at its parts.
func sample(template, moniker string) (*url.URL, error) {
	text, err := Expand(template, Values{Host: sampleHost, Moniker: moniker, Clip: ClipValues{Name: "clip.asf"}})
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading the URL: %w", err)
	}
	return u, nil
}

// loadURL reads the template of what is played. Its host is the lab's to say:
// a literal one would lead out of the lab, where nobody is.
func loadURL(n strict.Node) string {
	text := n.Text()
	if text == "" {
		return "" // told already
	}
	u, err := sample(text, rollover.Generals()[0])
	switch {
	case err != nil:
		n.Fail(err.Error(), placeholders)
	case u.Hostname() != sampleHost:
		n.Fail(fmt.Sprintf("url: found the host %q, which is not in the lab", u.Hostname()), "{{.Host}}, as in "+defaultURL)
	}
	return text
}

// schemeOf is the scheme that the template gives for a moniker.
func schemeOf(template, moniker string) string {
	u, err := sample(template, moniker)
	if err != nil {
		return "" // the loader has refused it
	}
	return u.Scheme
}
