"""A file server on this machine, whose responses break off, change or come slowly."""

import hashlib
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    """Serves `server.files` with ranges; `server.cut` ends one response after so many bytes."""

    def do_GET(self):
        server, path = self.server, self.path.lstrip("/")
        name = path if path in self.server.files else path.rpartition("/")[2]
        asked = self.headers.get("Range")
        server.asked.append((name, asked))
        if name not in server.files:
            return self.send_error(404)
        data = server.files[name]
        tag = f'"{hashlib.sha256(data).hexdigest()[:8]}"'
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        if self.headers.get("If-Range") not in (None, tag) or not server.ranges:
            start = 0
        if start >= len(data):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        sent = data[start:]
        if server.cut:
            sent, server.cut = sent[: server.cut], 0
        for at in range(0, len(sent), 4096):
            time.sleep(server.slow_s)
            self.wfile.write(sent[at : at + 4096])

    def log_message(self, *_):
        pass


@contextmanager
def serving(files):
    """Serve files by name at `url` until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files = files
    server.handle_error = lambda *_: None  # a client that hangs up
    server.asked, server.cut, server.ranges, server.slow_s = [], 0, True, 0
    server.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
