"""A receiver of webhooks that verifies them by the library of Standard Webhooks for Python.

Listens on a free port of this machine, prints its address, and for each request a line of JSON: what the library says of it as it
came, changed, and sent again later; and whether its id came before.

    receiver.py SECRET...
"""

import json
import sys
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock

from standardwebhooks import Webhook, WebhookVerificationError, webhooks


class Later(datetime):
    """The clock, some minutes later."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(minutes=6)


def verdict(secret, body, headers):
    try:
        return Webhook(secret).verify(body, headers)["id"] == headers["webhook-id"]
    except WebhookVerificationError as error:
        return str(error)


def judge(secrets, body, headers, seen):
    now = str(int(headers["webhook-timestamp"]) + 1)
    said = {
        "event": json.loads(body),
        "came": [verdict(secret, body, headers) for secret in secrets],
        "other secret": verdict("whsec_" + "A" * 32, body, headers),
        "changed body": verdict(secrets[0], body.replace(b'"specversion"', b'"Specversion"'), headers),
        "changed id": verdict(secrets[0], body, {**headers, "webhook-id": "1-a"}),
        "changed time": verdict(secrets[0], body, {**headers, "webhook-timestamp": now}),
        "repeated": headers["webhook-id"] in seen,
    }
    with mock.patch.object(webhooks, "datetime", Later):
        said["replayed"] = verdict(secrets[0], body, headers)
    seen.add(headers["webhook-id"])
    return said


class Receiver(BaseHTTPRequestHandler):
    seen = set()
    requests = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        print(json.dumps(judge(sys.argv[1:], body, headers, self.seen)), flush=True)
        Receiver.requests += 1
        # The second answer gets lost, as it were: the event comes again.
        self.send_response(500 if Receiver.requests == 2 else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
