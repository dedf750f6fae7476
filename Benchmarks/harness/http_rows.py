"""Rows over HTTP: requests a second beside FastAPI's and bare libmicrohttpd's, latency, start and memory."""

import contextlib
import io
import json
import random
import re
import struct
import subprocess
import threading
import time
import urllib.error
import urllib.request

import numpy as np

from . import servers
from .rows import Row

NPY = "application/x-npy"


def throughput(options):
    """Each round measures all peers of a row one after the other."""
    with contextlib.ExitStack() as running:
        ours = running.enter_context(servers.ropewalk(options.binary))
        peer = running.enter_context(servers.fastapi(options.python))
        bare = running.enter_context(servers.bare_libmicrohttpd())
        rows = []
        for shape, must in (((16, 64), 4), ((512, 128), 2.5)):
            body = json.dumps({"x": tensor(*shape)}, separators=(",", ":")).encode()
            check_same(json.loads(ours.post("/rope/apply", body))["y"], json.loads(peer.post("/rope/apply", body))["y"])
            row = Row(f"JSON {list(shape)}", "FastAPI, orjson", "requests/s", must)
            rows.append(compare(options, ours, [(row, peer, "/rope/apply")], "/rope/apply", body))
        for shape, (must, stretch), (echo_must, echo_stretch) in (
            ((16, 64), (4, 6), (0.5, 0.8)), ((512, 128), (2, 3), (0.6, 0.85)),
        ):
            body = npy(np.array(tensor(*shape), np.float32))
            check_same(read_npy(ours.post("/rope/apply", body, NPY)), read_npy(peer.post("/npy", body, NPY)))
            assert bare.post("/", body, NPY) == body
            rows.append(compare(options, ours, [
                (Row(f"npy {list(shape)}", "FastAPI, frombuffer", "requests/s", must, stretch), peer, "/npy"),
                (Row(f"npy {list(shape)}", "libmicrohttpd, echo", "requests/s", echo_must, echo_stretch), bare, "/"),
            ], "/rope/apply", body, NPY))
        path = "/frequencies?dim=128"
        # numpy's powers are within an ulp or two.
        assert np.allclose(*(json.loads(server.get(path))["inv_freq"] for server in (ours, peer)), rtol=1e-14)
        rows.append(compare(
            options, ours, [(Row(f"GET {path}", "FastAPI, orjson, cached", "requests/s", 4, 6), peer, path)], path))
        rows.append(compare(
            options, ours, [(Row("GET /livez", "libmicrohttpd, fixed", "requests/s", 0.6, 0.9), bare, "/")], "/livez"))
    return [row for group in rows for row in group]


def compare(options, ours, peers, path, body=None, kind="application/json"):
    for _ in range(options.rounds):
        own = servers.requests_per_second(ours, path, options.seconds, body, kind)
        for row, peer, peer_path in peers:
            row.add(own, servers.requests_per_second(peer, peer_path, options.seconds, body, kind))
    for row, _, _ in peers:
        row.report()
    return [row for row, _, _ in peers]


def latency(options):
    """p99 of /livez while attention takes all compute threads."""
    row = Row("p99 of /livez under saturating attention", "–", "ms", 20, 5, less=True)
    length = 1024
    x = np.random.default_rng(1).standard_normal((8, length, 128)).astype(np.float32)
    body = safetensors({"query": x, "key": x, "value": x})
    with servers.ropewalk(options.binary) as ours:
        stop = threading.Event()

        def load():
            while not stop.is_set():
                ours.post("/attention?causal=true", body, "application/vnd.safetensors")

        threads = [threading.Thread(target=load) for _ in range(6)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        for _ in range(options.rounds):
            text = servers.wrk(ours, "/livez", options.seconds, connections=8, latency=True)
            row.add(milliseconds(re.search(r"99%\s+([\d.]+\w+)", text).group(1)))
        stop.set()
        for thread in threads:
            thread.join()
    row.report()
    return [row]


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def start(options):
    """From exec to the first answer, and what a process that has answered nothing else holds."""
    begin, idle = Row("from exec to the first answer", "–", "ms", 100, 30, less=True), Row(
        "idle resident memory", "–", "MB", 25, 12, less=True)
    for _ in range(3 * options.rounds):
        began = time.perf_counter()
        port = servers.free_port()
        process = subprocess.Popen([options.binary, "serve", "--port", str(port)], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, env=servers.ENVIRONMENT)
        process.stdout.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=10) as answer:
            answer.read()
        begin.add((time.perf_counter() - began) * 1e3)
        time.sleep(0.3)
        status = open(f"/proc/{process.pid}/status").read()
        idle.add(int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024)
        process.terminate()
        process.wait(timeout=20)
    for row in (begin, idle):
        row.report()
    return [begin, idle]


def large_json(options):
    """A body of 60 MB, decoded and refused for its positions; and one that is answered."""
    row = ",".join(map(str, tensor(1, 128)[0]))
    count = 60_000_000 // (len(row) + 3)
    x = "[" + ",".join(f"[{row}]" for _ in range(count)) + "]"
    rows = []
    with servers.ropewalk(options.binary) as ours:
        for name, rest, status, must in (
            ("decoded", ',"positions":[1]', 422, 2.5), ("decoded and answered", "", 200, None),
        ):
            body = f'{{"x":{x}{rest}}}'.encode()
            result = Row(f"peak memory, 60 MB of JSON {name}", "the body", "MB", must, less=True)
            result.add(peak(ours, body, status) / 1e6, len(body) / 1e6)
            result.report()
            rows.append(result)
    return rows


def peak(server, body, expected_status):
    """Peak resident memory while a request is answered, over what was held before; in bytes."""
    server.forget_peak()
    before = server.status("VmRSS")
    try:
        server.post("/rope/apply", body)
        status = 200
    except urllib.error.HTTPError as error:
        status = error.code
    assert status == expected_status, status
    return server.status("VmHWM") - before


def tensor(rows, columns):
    source = random.Random(7)
    return [[shortest_float32(source.uniform(-4, 4)) for _ in range(columns)] for _ in range(rows)]


def shortest_float32(value):
    """A float32, with the digits that identify it."""
    (narrow,) = struct.unpack("<f", struct.pack("<f", value))
    for digits in range(6, 10):
        text = f"{narrow:.{digits}g}"
        if struct.unpack("<f", struct.pack("<f", float(text)))[0] == narrow:
            return float(text)
    return narrow


def check_same(one, other):
    """The peer's answer, but for the rounding of products: fused or not."""
    assert np.allclose(one, other, rtol=0, atol=2e-6)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def read_npy(data):
    return np.load(io.BytesIO(data))


def safetensors(arrays):
    """The format in ten lines: names, types and places, then the bytes."""
    header, end = {}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    return struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in arrays.values())
