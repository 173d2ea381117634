"""A real browser that shows a page of another origin: the page tells its own server what it hears from Rollcall."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOUND = next((path for name in NAMES if (path := shutil.which(name))), None)
QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
)
PAGE = """<!doctype html><title>overlay</title><script>
let told = Promise.resolve();
const tell = (kind, data) => {
    told = told.then(() => fetch("/", {method: "POST", body: JSON.stringify({kind, data})}));
};
const source = new EventSource(%s);
for (const kind of ["presence", "gone", "kv", "front", "system", "reset"])
    source.addEventListener(kind, event => tell(kind, JSON.parse(event.data)));
source.onerror = () => tell("error", source.readyState);
</script>"""


class Page(ThreadingHTTPServer):
    """Serves a page that listens to `stream`; `told` is what the page heard: when, which kind, and what."""

    daemon_threads = True

    def __init__(self, stream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.html, self.told = (PAGE % json.dumps(stream)).encode(), []
        self.url = f"http://127.0.0.1:{self.server_port}/"

    def heard(self, kind: str) -> list[tuple[float, dict]]:
        return [(at, data) for at, told, data in list(self.told) if told == kind]


class _Handler(BaseHTTPRequestHandler):
    server: Page

    def do_GET(self) -> None:
        self._answer(self.server.html)

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.append((time.monotonic(), told["kind"], told["data"]))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def showing(stream: str, profile: Path):
    """A page that listens to this address, open in a browser."""
    with Page(stream) as page:
        threading.Thread(target=page.serve_forever, daemon=True).start()
        browser = subprocess.Popen(
            [FOUND, *QUIET, f"--user-data-dir={profile}", page.url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            yield page
        finally:
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
            page.shutdown()
