#!/usr/bin/env python3
"""An example of a system that agendad tells of changes of slots. Needs nothing but Python 3.9.

    AGENDAD_WEBHOOK_SECRET=whsec_… ./webhook_receiver.py --port 9000

It verifies what Standard Webhooks (https://www.standardwebhooks.com) asks for: the signature over id, timestamp and the
body as it came, byte by byte, and a timestamp of the last minutes. Each event is printed as one line of JSON, once. During
a rotation agendad signs with both secrets; the variable may hold several as well, with blanks between them.
"""

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# A message whose timestamp differs more from the clock, in seconds, may be an old one that somebody sends again.
TOLERANCE = 5 * 60
# No event is longer.
MOST_BYTES = 1 << 20


class Refused(Exception):
    """The message is not accepted; why."""


def keys(secrets):
    """The keys of secrets as they are written: whsec_ and base64."""
    return [base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets.split()]


def verify(headers, body, known, now):
    """The event of a message, if one of the known keys has signed it just now."""
    id_, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id_ or not timestamp.isascii() or not timestamp.isdigit():
        raise Refused("no webhook")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise Refused("too old, or from the future")
    signed = f"{id_}.{timestamp}.".encode() + body
    for signature in headers.get("webhook-signature", "").split():
        version, _, text = signature.partition(",")
        try:
            given = base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
        for key in known if version == "v1" else []:
            # In constant time: how far they agree must not show.
            if hmac.compare_digest(hmac.new(key, signed, hashlib.sha256).digest(), given):
                return json.loads(body)
    raise Refused("wrong signature")


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return self.answer(413, "too long")
        body = self.rfile.read(int(length))
        try:
            event = verify(self.headers, body, self.server.keys, time.time())
        except (Refused, ValueError) as refused:
            return self.answer(401, str(refused))
        # At least once: what came before is not worked on again. A real system keeps the ids beside its data.
        id_ = self.headers["webhook-id"]
        if id_ not in self.server.seen:
            self.server.seen.add(id_)
            print(json.dumps(event, ensure_ascii=False), flush=True)
        # Answer soon, and work afterwards: agendad waits 15 seconds at most.
        return self.answer(200, "ok")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Addresses and events are nobody's business in a log."""


def main():
    options = argparse.ArgumentParser(description="Receive agendad's webhooks.")
    options.add_argument("--port", type=int, default=9000)
    port = options.parse_args().port
    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    server.keys, server.seen = keys(os.environ.get("AGENDAD_WEBHOOK_SECRET", "")), set()
    if not server.keys:
        sys.exit("AGENDAD_WEBHOOK_SECRET is not set")
    print(f"listening on 127.0.0.1:{server.server_port}", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
