"""A server as a process tells a program that really listens: from the call of the API to the signed message."""

import asyncio
import base64
import hashlib
import hmac
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread

import msgspec
import pytest

from tests.sync.server.process import a_store_with_a_board
from tests.sync.server.test_serving import running

GOT: "Queue[tuple[dict[str, str], bytes]]" = Queue()


class Program(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        GOT.put(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing on the screen of the tests."""


def test_a_change_by_the_api_arrives_signed_at_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path))
    monkeypatch.setenv("CONNEQTOS_SERVER_WEBHOOKS_TO_PRIVATE_NETWORKS", "true")
    key = asyncio.run(a_store_with_a_board())
    listener = HTTPServer(("127.0.0.1", 0), Program)
    Thread(target=listener.serve_forever, daemon=True).start()
    try:
        with running(tmp_path) as client:
            client.headers["Authorization"] = f"Bearer {key}"
            url = f"http://127.0.0.1:{listener.server_port}/in"
            made = client.post("/api/webhooks", json={"name": "CI", "url": url}).json()
            board = client.get("/api/boards").json()["boards"][0]["id"]
            item = client.get(f"/api/boards/{board}/items").json()["items"][0]["id"]
            client.patch(f"/api/items/{item}", json={"name": "Told"})
            headers, body = GOT.get(timeout=60)
    finally:
        listener.shutdown()
        listener.server_close()
    (event,) = msgspec.json.decode(body)["data"]["events"]
    assert (event["type"], event["record_id"]) == ("item.updated", item)
    assert event["changed"] == {"name": "Told"}
    secret = base64.b64decode(made["secret"].removeprefix("whsec_"))
    head = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
    digest = hmac.digest(secret, head + body, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
