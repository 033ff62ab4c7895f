// Verifies and makes Sigstore bundles by the libraries of others.
//
//   node signatures.mjs MODULES verify PUBLIC BUNDLE    prints {"hint": …, "payload": …, "changed": …}, or fails
//   node signatures.mjs MODULES sign SECRET < PAYLOAD   prints a bundle
//
// MODULES is the folder that package.json here was installed in; keys are PEM.
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, what, key, file] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { bundleFromJSON, bundleToJSON } = require('@sigstore/bundle');
const { DSSEBundleBuilder } = require('@sigstore/sign');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

// A public key comes of a secret one too.
const der = createPublicKey(readFileSync(key)).export({ type: 'spki', format: 'der' });
const hint = createHash('sha256').update(der).digest('hex');

if (what === 'verify') {
  const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
  const trusted = toTrustMaterial(nobody, { [hint]: { rawBytes: der } });
  const verifier = new Verifier(trusted, { tlogThreshold: 0, ctlogThreshold: 0 });
  const bundle = bundleFromJSON(JSON.parse(readFileSync(file, 'utf8')));
  verifier.verify(toSignedEntity(bundle));
  const { payload, payloadType } = bundle.content.dsseEnvelope;
  assert.equal(payloadType, 'application/vnd.in-toto+json');
  const said = { hint, payload: JSON.parse(payload.toString()) };
  payload[0] ^= 1;
  try {
    verifier.verify(toSignedEntity(bundle));
  } catch (error) {
    said.changed = error.message;
  }
  console.log(JSON.stringify(said));
} else {
  const secret = createPrivateKey(readFileSync(key));
  const publicKey = createPublicKey(secret).export({ type: 'spki', format: 'pem' });
  const signer = {
    sign: async (data) => ({ signature: sign(null, data, secret), key: { $case: 'publicKey', publicKey, hint } }),
  };
  const made = await new DSSEBundleBuilder({ signer, witnesses: [] }).create({
    data: readFileSync(0),
    type: 'application/vnd.in-toto+json',
  });
  console.log(JSON.stringify(bundleToJSON(made)));
}
