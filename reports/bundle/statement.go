package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	testresult "github.com/in-toto/attestation/go/predicates/test_result/v0"
	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/rollover-conformance/rollover/reports"
	"github.com/rollover-conformance/rollover/suites/rollover"
)

const (
	predicateType = "https://in-toto.io/attestation/test-result/v0.1"
	payloadType   = "application/vnd.in-toto+json"
)

// statement says of the manifest, and so of all the bundle holds, how the
// profile's tests ended (in-toto Statement v1, predicate test-result v0.1).
func statement(manifest []byte, m Manifest, run reports.Run) ([]byte, error) {
	result := &testresult.TestResult{
		Result:        m.Result,
		Configuration: []*intoto.ResourceDescriptor{{Name: fmt.Sprintf("%s/%d", m.Profile.Name, m.Profile.Release), Digest: map[string]string{"sha256": m.Profile.SHA256}}},
	}
	for _, r := range run.Results {
		switch r.Verdict {
		case rollover.Pass:
			result.PassedTests = append(result.PassedTests, r.ID)
		case rollover.Fail:
			result.FailedTests = append(result.FailedTests, r.ID)
		case rollover.NotApplicable:
		default:
			result.WarnedTests = append(result.WarnedTests, r.ID)
		}
	}
	data, err := protojson.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("state the result: %w", err)
	}
	predicate := &structpb.Struct{}
	if err := protojson.Unmarshal(data, predicate); err != nil {
		return nil, fmt.Errorf("state the result: %w", err)
	}
	s := &intoto.Statement{
		Type:          intoto.StatementTypeUri,
		Subject:       []*intoto.ResourceDescriptor{{Name: ManifestFile, Digest: map[string]string{"sha256": digest(manifest)}}},
		PredicateType: predicateType,
		Predicate:     predicate,
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("state the result: %w", err)
	}
	if data, err = protojson.Marshal(s); err != nil {
		return nil, fmt.Errorf("state the result: %w", err)
	}
	// protojson varies its white space on purpose; a bundle must not vary.
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		return nil, fmt.Errorf("state the result: %w", err)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// sameStatement compares what two statements say, whatever their white space.
func sameStatement(a, b []byte) error {
	var x, y intoto.Statement
	if err := protojson.Unmarshal(a, &x); err != nil {
		return err
	}
	if err := protojson.Unmarshal(b, &y); err != nil {
		return err
	}
	if !proto.Equal(&x, &y) {
		return fmt.Errorf("it does not say what the manifest and the record say")
	}
	return nil
}

// sign wraps a statement into a DSSE envelope.
func sign(ctx context.Context, statement []byte, key dsse.Signer) ([]byte, error) {
	s, err := dsse.NewEnvelopeSigner(key)
	if err != nil {
		return nil, fmt.Errorf("sign the statement: %w", err)
	}
	envelope, err := s.SignPayload(ctx, payloadType, statement)
	if err != nil {
		return nil, fmt.Errorf("sign the statement: %w", err)
	}
	return encode(envelope)
}

// signed checks an envelope against the statement it must hold and, where
// there is one, a key. It returns the identity of the key that the envelope
// names.
func signed(ctx context.Context, envelope, statement []byte, key dsse.Verifier) (keyID string, err error) {
	var e dsse.Envelope
	if err := decode(envelope, &e); err != nil {
		return "", err
	}
	if len(e.Signatures) != 1 {
		return "", fmt.Errorf("it has %d signatures; allowed: one", len(e.Signatures))
	}
	keyID = e.Signatures[0].KeyID
	payload, err := e.DecodeB64Payload()
	if err != nil {
		return keyID, err
	}
	if e.PayloadType != payloadType || !bytes.Equal(payload, statement) {
		return keyID, fmt.Errorf("what is signed is not %s", StatementFile)
	}
	if key == nil {
		return keyID, nil
	}
	v, err := dsse.NewEnvelopeVerifier(key)
	if err != nil {
		return keyID, err
	}
	_, err = v.Verify(ctx, &e)
	return keyID, err
}
