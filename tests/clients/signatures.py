"""Verifies and makes DSSE envelopes by the library securesystemslib.

    signatures.py verify PUBLIC BUNDLE     prints {"hint": …, "payload": …, "changed": …}, or fails
    signatures.py sign SECRET < PAYLOAD    prints an envelope that stands alone

Keys are PEM.
"""

import hashlib
import json
import sys

from cryptography.hazmat.primitives import serialization
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

what, key = sys.argv[1:3]
with open(key, "rb") as file:
    pem = file.read()


def known(public):
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return SSlibKey.from_crypto(public, keyid=hashlib.sha256(der).hexdigest())


if what == "verify":
    trusted = known(serialization.load_pem_public_key(pem))
    with open(sys.argv[3], encoding="utf-8") as file:
        envelope = Envelope.from_dict(json.load(file)["dsseEnvelope"])
    assert list(envelope.verify([trusted], 1)) == [trusted.keyid]
    assert envelope.payload_type == "application/vnd.in-toto+json"
    said = {"hint": trusted.keyid, "payload": json.loads(envelope.payload)}
    envelope.payload = b" " + envelope.payload
    try:
        envelope.verify([trusted], 1)
    except VerificationError as error:
        said["changed"] = str(error)
    print(json.dumps(said))
else:
    secret = serialization.load_pem_private_key(pem, None)
    envelope = Envelope(sys.stdin.buffer.read(), "application/vnd.in-toto+json", {})
    envelope.sign(CryptoSigner(secret, known(secret.public_key())))
    print(json.dumps(envelope.to_dict()))
