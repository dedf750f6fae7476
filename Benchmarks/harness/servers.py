"""Servers that are measured, and what wrk counts of them."""

import http.client
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

BENCHMARKS = pathlib.Path(__file__).parent.parent
ROOT = BENCHMARKS.parent
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("ROPEWALK_") and key != "PORT"}


class Server:
    """A process that listens on a port of 127.0.0.1, ended by its own id."""

    def __init__(self, name, command, port, **keywords):
        self.name, self.port = name, port
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **keywords)
        for _ in range(200):
            if self.process.poll() is not None:
                sys.exit(f"{name} ended before it listened: {' '.join(map(str, command))}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        sys.exit(f"{name} does not listen")

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def post(self, path, body, kind="application/json"):
        request = urllib.request.Request(self.url(path), body, {"Content-Type": kind})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read()

    def kept_connection(self):
        """One that stays open from request to request, as a pipeline's does."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def get(self, path):
        with urllib.request.urlopen(self.url(path), timeout=20) as answer:
            return answer.read()

    def status(self, name):
        """A field of /proc/PID/status, in bytes."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", text).group(1)) * 1024

    def forget_peak(self):
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def ropewalk(binary, *flags):
    """The service, with its log at info going nowhere."""
    port = free_port()
    return Server("ropewalk", [binary, "serve", "--port", str(port), *flags], port, env=ENVIRONMENT)


def fastapi(python):
    port = free_port()
    return Server("FastAPI", [python, "-m", "uvicorn", "fastapi_peer:app", "--port", str(port), "--workers", "2",
                              "--no-access-log", "--log-level", "error"], port, cwd=BENCHMARKS / "peers", env=ENVIRONMENT)


def bare_libmicrohttpd():
    program = ROOT / ".build/bench/bare_libmicrohttpd"
    subprocess.run(["cc", "-O2", "-o", program, BENCHMARKS / "peers/bare_libmicrohttpd.c", "-lmicrohttpd"], check=True)
    port = free_port()
    return Server("libmicrohttpd", [program, str(port)], port, env=ENVIRONMENT)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wrk(server, path, seconds, body=None, kind="application/json", connections=32, latency=False):
    """wrk's own words, with its connections on one thread; only if all requests are answered with 200."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"] + (["--latency"] if latency else [])
    with tempfile.NamedTemporaryFile() as file:
        if body is None:
            command.append(server.url(path))
        else:
            file.write(body)
            file.flush()
            command += ["-s", BENCHMARKS / "post.lua", server.url(path), "--", file.name, kind]
        text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"{server.name} {path} refused:\n{text}")
    return text


def requests_per_second(server, path, seconds, body=None, kind="application/json", connections=32):
    text = wrk(server, path, seconds, body, kind, connections)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))


