package main

import (
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"github.com/secure-systems-lab/go-securesystemslib/signerverifier"
)

// privateKey reads a key that signs.
func privateKey(file string) (dsse.Signer, error) {
	key, private, err := ed25519Key(file)
	if err == nil && !private {
		err = fmt.Errorf("%s: found a public key; allowed: the private one", file)
	}
	return key, err
}

// publicKey reads a key that verifies; the private one does, too.
func publicKey(file string) (dsse.Verifier, error) {
	key, _, err := ed25519Key(file)
	return key, err
}

func ed25519Key(file string) (key *signerverifier.ED25519SignerVerifier, private bool, err error) {
	data, err := readFile(file)
	if err != nil {
		return nil, false, err
	}
	found, err := signerverifier.LoadKey(data)
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("%s: found %w; allowed: an ed25519 key in PEM", file, err)
	case found.KeyType != signerverifier.ED25519KeyType:
		return nil, false, fmt.Errorf("%s: found a key of type %s; allowed: ed25519", file, found.KeyType)
	}
	key, err = signerverifier.NewED25519SignerVerifierFromSSLibKey(found)
	if err != nil {
		return nil, false, errors.Join(fmt.Errorf("%s", file), err)
	}
	return key, found.KeyVal.Private != "", nil
}
