package reports

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"

	jsonschemagen "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/rollover-conformance/rollover/suites/rollover"
)

// severalClients is a trial of five, in which the third was served ill.
func severalClients() rollover.Result {
	r := noUDP("rtsp/many/five", rollover.IPv4)
	bad := mute("rtsp/many/five")
	r.Scenario.Purpose = "Five clients find UDP dropped, and every one goes on over TCP."
	r.Scenario.Client.Count = 5
	r.Verdict, r.Final = rollover.Fail, rollover.None
	health := r.Trace.Health
	one := r.Trace
	r.Trace = rollover.Trace{Attempts: []rollover.Attempt{}, Health: health}
	for n := 1; n <= 5; n++ {
		seen, verdict := one, rollover.Pass
		if n == 3 {
			seen, verdict = bad.Trace, rollover.Fail
		}
		r.Trace.Clients = append(r.Trace.Clients, seen)
		r.Prediction.Clients = append(r.Prediction.Clients, rollover.Prediction{Sequences: r.Prediction.Sequences})
		r.Setup.Clients = append(r.Setup.Clients, rollover.HostSetup{Name: fmt.Sprintf("client-%d", n), Addrs: []netip.Addr{netip.AddrFrom4([4]byte{198, 18, byte(n), 10})}})
		r.Clients = append(r.Clients, rollover.ClientResult{Client: n, Predicted: r.Predicted, Observed: rollover.Observed(seen), Final: rollover.Final(seen), Verdict: verdict})
	}
	r.Observed = rollover.Observed(r.Trace)
	r.Findings = bad.Findings
	r.Findings[0].Client = 3
	return r
}

func severalRun() Run {
	run := sampleRun()
	run.Results = []rollover.Result{severalClients()}
	return run
}

// A trial of several clients tells once what several did alike, and what was
// found of whom.
func TestSeveralClientsGolden(t *testing.T) {
	t.Parallel()
	golden(t, "html/several.html", trialPanel(t, severalClients()))
	golden(t, "trial/several.txt", trialText(t, severalClients(), TableOptions{Width: 80}))
	golden(t, "junit/several.xml", junit(t, JUnit{}, severalRun()))
}

// What is described is there.
func TestSchemaDescribes(t *testing.T) {
	t.Parallel()
	reflected := (&jsonschemagen.Reflector{Mapper: schemaOf}).Reflect(Run{})
	for name, keys := range described {
		of, ok := reflected.Definitions[name]
		if !ok {
			t.Errorf("no type %s", name)
			continue
		}
		for key := range keys {
			if _, ok := of.Properties.Get(key); !ok {
				t.Errorf("%s has no %s", name, key)
			}
		}
	}
	text, err := ResultSchema()
	if err != nil || !bytes.Contains(text, []byte("each walk that was seen")) {
		t.Errorf("the schema of a result does not say what is observed of several clients (%v)", err)
	}
}

func TestSchemaAcceptsSeveralClients(t *testing.T) {
	t.Parallel()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, severalRun())))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t).Validate(doc); err != nil {
		t.Error(err)
	}
	back, err := ReadJSON(bytes.NewReader(written(t, severalRun())))
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Results[0]; len(got.Clients) != 5 || got.Clients[2].Verdict != rollover.Fail || len(got.Trace.Clients) != 5 || got.Findings[0].Client != 3 {
		t.Errorf("came back as %+v", got.Clients)
	}
}
