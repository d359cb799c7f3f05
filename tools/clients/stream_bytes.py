"""Whether a stream comes through the gateway byte for byte as the engine sent it.

The gateway's replica is this script: it passes everything on to the engine, and keeps what the
engine answers. SCENE has `recorder`, the port that it listens at.
"""

import http.client
import http.server
import json
import threading
import urllib.parse

from scene import BASE, KEYS, MESSAGES, SCENE, must, tell

RECORDED = {}


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        engine = http.client.HTTPConnection(urllib.parse.urlsplit(SCENE["engine"]).netloc)
        engine.request("POST", self.path, body, {"content-type": "application/json"})
        answer = engine.getresponse()
        self.send_response(answer.status)
        self.send_header("content-type", answer.getheader("content-type"))
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        whole = b""
        # Pieces as they come, which are no events: an event may be cut in the middle.
        while piece := answer.read1(71):
            whole += piece
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")
        RECORDED["last"], RECORDED["asked"] = whole, json.loads(body)

    def log_message(self, *_):
        pass


def ask(path, body):
    host = urllib.parse.urlsplit(BASE).netloc
    connection = http.client.HTTPConnection(host, timeout=60)
    headers = {"content-type": "application/json", "authorization": "Bearer " + KEYS["chat"]}
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    whole = answer.read()
    must(answer.status == 200, path, whole)
    must(answer.getheader("content-type") == "text/event-stream", dict(answer.headers))
    request = answer.getheader("x-request-id") or answer.getheader("request-id")
    tell(path, request)
    return whole


def usage_is_hidden(got, sent):
    """The same events, byte for byte; but one that only says the usage is not there, and where it
    is a member beside others, that member is not."""
    got, sent = got.split(b"\n\n"), sent.split(b"\n\n")
    sent = [event for event in sent if not (b'"usage"' in event and b'"choices":[]' in event)]
    must(len(got) == len(sent), got, sent)
    for one, other in zip(got, sent):
        if b'"usage"' in other:
            of_it = json.loads(other.removeprefix(b"data: "))
            del of_it["usage"]
            must(json.loads(one.removeprefix(b"data: ")) == of_it, one, other)
        else:
            must(one == other, one, other)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", SCENE["recorder"]), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said = {"model": "recorded", "messages": MESSAGES, "max_tokens": 40, "stream": True}
    seen = {**said, "stream_options": {"include_usage": True}}
    prompt = {"model": "recorded", "prompt": "one", "max_tokens": 40, "stream": True}
    response = {"model": "recorded", "input": "one", "max_output_tokens": 40, "stream": True}
    same = [
        ("/v1/chat/completions", seen),
        ("/v1/messages", said),
        ("/v1/responses", response),
    ]
    for path, body in same:
        got = ask(path, body)
        must(got == RECORDED["last"], path, got, RECORDED["last"])
        must(RECORDED["asked"] == body, "the request is as it was", RECORDED["asked"])
    # Where usage was not asked for it is asked for all the same, and that alone is hidden.
    for path, body in [("/v1/chat/completions", said), ("/v1/completions", prompt)]:
        got = ask(path, body)
        must(RECORDED["asked"]["stream_options"] == {"include_usage": True}, RECORDED["asked"])
        must(b'"usage"' in RECORDED["last"] and b'"usage"' not in got, path, got)
        usage_is_hidden(got, RECORDED["last"])


main()
