#!/usr/bin/env python3
"""Verifies proofs and published ledgers of Countersign, from host/src/ledger/PROOFS.md alone.

    verify.py proof FILE KEY                     what a proof shows, or exit 1 with the first thing that does not hold
    verify.py tiles DIR KEY [OLD_CHECKPOINT]     a published ledger, from its entries up to its checkpoint

KEY is NAME+ID+BASE64, or a file with that line. Needs Python's standard library and nothing else.
"""

import base64
import hashlib
import json
import os
import sys


class Refused(Exception):
    """What is to be verified does not hold."""


def require(holds, what):
    if not holds:
        raise Refused(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def strict_base64(text):
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, "base64 with bits that say nothing")
    return data


# Ed25519: verification as in RFC 8032, sections 5.1 and 6.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    sum_ = (0, 1, 1, 0)
    while number:
        if number & 1:
            sum_ = add(sum_, point)
        point = add(point, point)
        number >>= 1
    return sum_


def equal(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


def x_of(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_1 % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (x_of(BASE_Y, 0), BASE_Y, 1, x_of(BASE_Y, 0) * BASE_Y % P)


def ed25519_holds(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return equal(times(s, BASE), add(r, times(k, a)))


# Keys, signed notes and checkpoints: C2SP signed-note and tlog-checkpoint.


def read_key(argument):
    if os.path.exists(argument):
        with open(argument, encoding="utf-8") as file:
            argument = file.read().rstrip()
    name, id_, data = argument.split("+", 2)
    data = strict_base64(data)
    require(data[:1] == b"\x01" and len(data) == 33, "the key is no Ed25519 key")
    require(id_ == sha256(name.encode(), b"\n", data)[:4].hex(), "the key's id is not that of its name and key")
    return name, bytes.fromhex(id_), data[1:]


def open_checkpoint(note, key):
    """The origin, size and root of a checkpoint that is signed by the key."""
    name, id_, public = key
    require(not any(c < " " and c != "\n" for c in note), "the note has control characters")
    text, empty, signatures = note.rpartition("\n\n")
    text += "\n"
    require(empty and signatures.endswith("\n"), "this is no signed note")
    signed = False
    for line in signatures[:-1].split("\n"):
        require(line.startswith("\u2014 ") and line.count(" ") == 2, "a line of signatures has another form")
        _, by, data = line.split(" ")
        data = strict_base64(data)
        if (by, data[:4]) == (name, id_):
            require(ed25519_holds(public, text.encode(), data[4:]), "the signature does not hold")
            signed = True
    require(signed, "no signature is by the key")
    origin, size, root, *more = text[:-1].split("\n")
    require(origin == name, "the checkpoint is about another log than the key's")
    require("" not in more and size == str(int(size)) and int(size) >= 0, "this is no checkpoint")
    root = strict_base64(root)
    require(len(root) == 32, "the root has another length")
    return origin, int(size), root


# The tree: RFC 6962, section 2.1; the way up a path: RFC 9162, section 2.1.3.2.


def leaf_hash(entry):
    return sha256(b"\x00", entry)


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def root_of_path(leaf, index, size, path):
    require(0 <= index < size, "there is no such leaf in the tree")
    node, last = index, size - 1
    for beside in path:
        require(last > 0, "the path is too long")
        if node & 1 or node == last:
            leaf = node_hash(beside, leaf)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            leaf = node_hash(leaf, beside)
        node, last = node >> 1, last >> 1
    require(last == 0, "the path is too short")
    return leaf


def tree_root(hashes):
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    middle = 1 << (len(hashes) - 1).bit_length() - 1
    return node_hash(tree_root(hashes[:middle]), tree_root(hashes[middle:]))


# Proofs.

FIELDS = ["format", "checkpoint", "decision", "lock", "activation", "approvals", "publications"]
PLACEHOLDER = '{"sealed":"'


def digest(text):
    require(text.startswith("sha256:") and len(text) == 71, "a digest has another form")
    return bytes.fromhex(text[7:])


def check_event(event, kind, size, root):
    """The body of an event as it is hashed, after everything about it was checked; and how many values are hidden."""
    require(list(event) == ["seq", "entry", "openings", "path"], "an event has other fields")
    require(type(event["seq"]) is int, "a position is no number")
    entry = event["entry"]
    path = [digest(node) for node in event["path"]]
    found = root_of_path(leaf_hash(entry.encode()), event["seq"], size, path)
    require(found == root, f"event {event['seq']} does not stand under the root")
    read = json.loads(entry)
    require(list(read) == ["v", "kind", "at", "actor", "body"] and read["v"] == 1, "an entry has another form")
    require(read["kind"] == kind, f"event {event['seq']} is of the kind {read['kind']}, not {kind}")
    commitments = [text[:64] for text in entry.split(PLACEHOLDER)[1:]]
    require(len(commitments) == len(event["openings"]), "there are more or fewer openings than sealed values")
    for commitment, opening in zip(commitments, event["openings"]):
        if opening is not None:
            require(list(opening) == ["salt", "value"] and len(opening["salt"]) == 64, "an opening has another form")
            salt, value = bytes.fromhex(opening["salt"]), opening["value"].encode()
            found = sha256(b"countersign.sealed.v1\n", salt, value).hex()
            require(found == commitment, f"a value of event {event['seq']} is not the one that was sealed")
    return read["body"], event["openings"].count(None)


def proof(file, key):
    with open(file, "rb") as opened:
        text = opened.read().decode("utf-8")
    proof_ = json.loads(text)
    require(type(proof_) is dict and proof_.get("format") == "countersign-proof/1", "this is no proof that is known here")
    require(list(proof_) == FIELDS, "the proof has other fields")
    require(json.dumps(proof_, indent=2, ensure_ascii=False) + "\n" == text, "the proof is spelled in another way")
    origin, size, root = open_checkpoint(proof_["checkpoint"], key)

    decision, hidden = check_event(proof_["decision"], "decision", size, root)
    set_, lock = decision["set"], json.loads(proof_["lock"])
    require("sha256:" + sha256(proof_["lock"].encode()).hex() == set_["digest"], "the lock is that of another set")
    require((lock["name"], lock["version"]) == (set_["name"], set_["version"]), "the lock has another name or version")
    names = [module["name"] for module in lock["module"]]
    require(names == [module["name"] for module in decision["modules"]], "other modules ran than the lock names")

    def earlier(event, kind):
        body, _ = check_event(event, kind, size, root)
        require(event["seq"] < proof_["decision"]["seq"], f"event {event['seq']} is later than the decision")
        return body

    activations = [] if proof_["activation"] is None else [proof_["activation"]]
    tried = decision["canary"] if decision.get("canary", {}).get("arm") == "canary" else None
    allows = "rollout-step" if tried else "activated"
    for event in activations if tried else []:
        body, _ = check_event(event, allows, size, root)
        require(body["step"] == "canary-begun", f"event {event['seq']} began no canary")
        require(event["seq"] == tried["canary"], "the decision names another canary")
    for event, kind in [(e, allows) for e in activations] + [(e, "set-approved") for e in proof_["approvals"]]:
        require(earlier(event, kind)["set"] == set_, f"event {event['seq']} is about another set")
    digests = [module["digest"] for module in lock["module"]]
    for event in proof_["publications"]:
        require(earlier(event, "published")["digest"] in digests, f"event {event['seq']} is of no module of the set")
    return {
        "origin": origin, "size": size, "root": root.hex(), "seq": proof_["decision"]["seq"], "id": decision["id"],
        "outcome": decision["outcome"], "set": set_, "modules": digests, "hidden": hidden,
        "activation": [event["seq"] for event in activations],
        "publications": [event["seq"] for event in proof_["publications"]],
    }


# Published ledgers: C2SP tlog-tiles.


def tile_path(row, number, width):
    parts = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03}")
    return os.path.join("tile", row, *parts) + ("" if width == 256 else f".p/{width}")


def read_bundle(folder, number, width):
    for row, prefix in (("entries", 2), ("entries-long", 4)):
        path = os.path.join(folder, tile_path(row, number, width))
        if os.path.exists(path):
            break
    with open(path, "rb") as file:
        data = file.read()
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at:at + prefix], "big")
        entries.append(data[at + prefix:at + prefix + length])
        at += prefix + length
    require(at == len(data) and len(entries) == width, f"{path} is cut off, or has more or fewer entries")
    return entries


def numbered(count):
    return [(n, 256) for n in range(count // 256)] + ([(count // 256, count % 256)] if count % 256 else [])


def tiles(folder, key, old=None):
    def checkpoint(path):
        with open(path, encoding="utf-8", newline="") as file:
            return open_checkpoint(file.read(), key)

    origin, size, root = checkpoint(os.path.join(folder, "checkpoint"))
    hashes = [leaf_hash(entry) for n, width in numbered(size) for entry in read_bundle(folder, n, width)]
    leaves, level = hashes, 0
    require(tree_root(leaves) == root, "the entries are not those under the checkpoint's root")
    while hashes:
        for number, width in numbered(len(hashes)):
            path = os.path.join(folder, tile_path(str(level), number, width))
            with open(path, "rb") as file:
                expected = b"".join(hashes[number * 256:number * 256 + width])
                require(file.read() == expected, f"{path} holds other hashes than the entries give")
        hashes = [tree_root(hashes[n * 256:n * 256 + 256]) for n in range(len(hashes) // 256)]
        level += 1
    shown = {"origin": origin, "size": size, "root": root.hex(), "levels": level}
    if old is not None:
        _, old_size, old_root = checkpoint(old)
        require(old_size <= size, "the ledger was cut short since the older checkpoint")
        require(tree_root(leaves[:old_size]) == old_root, "the ledger does not begin with what the older checkpoint covers")
        shown["since"] = old_size
    return shown


def main(arguments):
    commands = {("proof", 3): proof, ("tiles", 3): tiles, ("tiles", 4): tiles}
    command = commands.get((arguments[0] if arguments else "", len(arguments)))
    if command is None:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(json.dumps(command(arguments[1], read_key(arguments[2]), *arguments[3:])))
        return 0
    except (Refused, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
