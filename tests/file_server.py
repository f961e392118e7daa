"""A local HTTP server of files, which can also stop in the middle of a file."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """Its address, its files by name, the names asked for, and whether it stops in the middle of a file."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.stalls = False
        self.asked: list[str] = []
        self.let_go = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop the server; later requests are refused."""
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.lstrip("/")
                outer.asked.append(name)
                data = outer.files.get(name)
                if data is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if outer.stalls:
                    self.wfile.write(data[: len(data) // 2])
                    self.wfile.flush()
                    outer.let_go.wait(60)
                    return
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                """Write no log."""

        return Handler


@contextmanager
def file_server() -> Iterator[FileServer]:
    """A server for a test."""
    server = FileServer()
    try:
        yield server
    finally:
        server.close()
