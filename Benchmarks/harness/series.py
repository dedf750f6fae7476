"""How cost grows: one thing is varied at a time, and time per element should stay flat."""

import http.client
import statistics
import time

import numpy as np

from . import plot, servers
from .engine_rows import bench_engine
from .http_rows import NPY, npy

LENGTHS = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768]
DIMENSIONS = [32, 64, 128, 256, 512, 1024]
HEADS = [1, 2, 4, 8, 16, 32]
CLIENTS = [1, 4, 16, 64, 256]


def measure(options):
    """Titles and texts of sections, with tables and pictures."""
    return rotation(options) + clients(options) + attention()


def rotation(options):
    """A turn over HTTP by npy, one client, answer awaited; nanoseconds for an element."""
    rows = {"sequence length, [1,1,s,128]": [], "dimension, [1,1,2048,d]": [], "heads, [1,h,512,128]": []}
    with servers.ropewalk(options.binary) as ours:
        for name, shapes in zip(rows, (
            [(length, [1, 1, length, 128]) for length in LENGTHS],
            [(dimension, [1, 1, 2048, dimension]) for dimension in DIMENSIONS],
            [(heads, [1, heads, 512, 128]) for heads in HEADS],
        )):
            rows[name] = [(value, nanoseconds_per_element(ours, shape)) for value, shape in shapes]
    text = ["Nanoseconds an element, from the request's first byte to the answer's last, one client.", ""]
    for name, points in rows.items():
        text += ["| " + name + " | " + " | ".join(str(value) for value, _ in points) + " |",
                 "|---" * (len(points) + 1) + "|",
                 "| ns / element | " + " | ".join(f"{cost:.2f}" for _, cost in points) + " |", ""]
    plot.write("rotation.svg", "POST /rope/apply by npy: nanoseconds an element", rows)
    return [("How rotation grows", "\n".join(text + ["![growth](rotation.svg)"]))]


def nanoseconds_per_element(server, shape):
    body = npy(np.random.default_rng(1).standard_normal(shape, dtype=np.float32))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    took = []
    for _ in range(9):
        began = time.perf_counter()
        connection.request("POST", "/rope/apply", body, {"Content-Type": NPY})
        answer = connection.getresponse()
        assert answer.status == 200 and len(answer.read()) >= 4 * np.prod(shape)
        took.append(time.perf_counter() - began)
    connection.close()
    return statistics.median(took) * 1e9 / np.prod(shape)


def clients(options):
    """Requests a second by clients and compute threads: of [16,64], answered at once, and [2048,128], by compute threads."""
    text = ["Requests a second by npy; wrk with one thread.", "",
            "| | " + " | ".join(f"{count} clients" for count in CLIENTS) + " |", "|---" * (len(CLIENTS) + 1) + "|"]
    for threads in (1, 2):
        with servers.ropewalk(options.binary, "--compute-threads", str(threads), "--max-queue", "512") as ours:
            for shape in ([16, 64], [2048, 128]):
                body = npy(np.random.default_rng(1).standard_normal(shape, dtype=np.float32))
                rates = [servers.requests_per_second(ours, "/rope/apply", options.seconds, body, NPY, count)
                         for count in CLIENTS]
                text.append(f"| {shape}, {threads} compute thread{'s' * (threads > 1)} | "
                            + " | ".join(f"{rate:.0f}" for rate in rates) + " |")
    return [("Clients and compute threads", "\n".join(text))]


def attention():
    """Of the engine alone: causal attention, float32."""
    lines = bench_engine("series")
    text = ["Causal, float32, engine alone.", "", "| shape | ms, 1 thread | GFLOP/s | ms, 2 threads | speedup |",
            "|---|---|---|---|---|"]
    for line in lines:
        text.append(f"| {line['shape']} | {line['median_ms']:.3g} | {line['gflops']:.0f} | "
                    f"{line['two_threads_median_ms']:.3g} | {line['speedup']:.2f} |")
    rows = {"length, [1,1,s,128]": [(line["shape"][2], line["median_ms"] * 1e6 / (line["shape"][2] ** 2 / 2))
                                    for line in lines if line["shape"][1] == 1 and line["shape"][3] == 128],
            "heads, [1,h,512,128]": [(line["shape"][1], line["median_ms"] * 1e6 / line["shape"][1] / (512 ** 2 / 2))
                                     for line in lines if line["shape"][2] == 512 and line["shape"][3] == 128]}
    plot.write("attention.svg", "Causal attention, dim 128: nanoseconds a score", rows)
    return [("How attention grows", "\n".join(text + ["", "![growth](attention.svg)"]))]
