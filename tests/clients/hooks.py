"""Teaches schemathesis a body of JSON lines, so that batches are fuzzed too."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_context, value):
    return json.dumps(value).encode() + b"\n"


@schemathesis.deserializer("application/x-ndjson")
def first_line(_context, response):
    first = response.text.split("\n", 1)[0]
    return json.loads(first) if first else {"line": 0, "problem": {}}
