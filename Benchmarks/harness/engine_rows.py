"""Rows of the engine alone, beside PyTorch in process, a copy of the same bytes, and a read of them."""

import contextlib
import json
import subprocess
import time

import numpy as np

from . import servers
from .http_rows import safetensors
from .rows import Row

LARGE, SMALL = [1, 32, 2048, 128], [1, 8, 512, 128]


class Torch:
    """PyTorch in a process of its own, which measures when it is told to."""

    def __init__(self, python):
        self.process = subprocess.Popen([python, servers.BENCHMARKS / "peers/torch_peer.py"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def measure(self, do, shape, threads, rounds):
        """The median of the times, in milliseconds."""
        print(json.dumps({"do": do, "shape": shape, "threads": threads, "rounds": rounds}), file=self.process.stdin,
              flush=True)
        return json.loads(self.process.stdout.readline())["median"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=20)


def bench_engine(*words):
    """The lines that bench-engine prints of a subject."""
    program = servers.ROOT / ".build/release/bench-engine"
    text = subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True, timeout=600).stdout
    return [json.loads(line) for line in text.splitlines()]


def rotation(options, torch):
    rows = {
        name: Row(f"rotate {LARGE}, {name}", "memcpy", "ms", must, stretch, less=True)
        for name, must, stretch in (("half", 1.3, 1.1), ("interleaved", 1.3, 1.1), ("half, no rows kept", None, None))
    }
    eager = Row(f"rotate {LARGE}, half: how much faster", "Hugging Face eager", "ms", 20, 30)
    for _ in range(options.rounds):
        lines = [line for line in bench_engine("rotation") if line["dtype"] == "float32"]
        cases = {line["case"]: line["median_ms"] for line in lines}
        for name, row in rows.items():
            row.add(cases[name], cases["memcpy"])
        # The ratio is that of speeds.
        eager.add(torch.measure("rotation", LARGE, 1, 5), cases["half"])
    for row in [*rows.values(), eager]:
        row.report()
    return [*rows.values(), eager]


def attention(options, torch):
    rows = []
    for shape, rounds in ((SMALL, 20), (LARGE, 3)):
        row = Row(f"causal attention {shape}, 1 thread: how much faster", "torch SDPA", "ms", 1.5, 2.5)
        two = Row(f"causal attention {shape}, 2 threads: how much faster", "ours with 1", "ms", 1.8, 1.95)
        for _ in range(options.rounds):
            (line,) = bench_engine("causal", *shape, rounds)
            row.add(torch.measure("attention", shape, 1, rounds), line["median_ms"])
            two.add(line["median_ms"], line["two_threads_median_ms"])
        rows += [row, two]
    decode = Row("decode step, 8192 keys, 32 heads over 8", "reading K and V once", "ms", 1.5, 1.15, less=True)
    for _ in range(options.rounds):
        (line,) = bench_engine("decode")
        decode.add(line["ms"], line["read_ms"])
    rows.append(decode)
    for line in bench_engine("options"):
        # Weights that are returned are no option of the tiles: they are as many as the scores.
        must = None if line["attention"] == "weights returned" else 1.3
        row = Row(f"attention {SMALL}, {line['type']}, {line['attention']}", "plain causal", "ms", must, less=True)
        row.add(line["ms"], line["causal_ms"])
        rows.append(row)
    for row in rows:
        row.report()
    return rows


def over_http(options, torch):
    """Queries, keys and values as safetensors, transfer included, on one connection and into memory that is there."""
    row = Row(f"causal attention {LARGE} by safetensors, 2 threads: how much faster", "torch SDPA, 2 threads", "ms", 1.3,
              1.6)
    source = np.random.default_rng(1)
    body = safetensors({
        name: source.standard_normal(LARGE, dtype=np.float32) for name in ("query", "key", "value")
    })
    answer = memoryview(bytearray(len(body)))
    with servers.ropewalk(options.binary, "--compute-threads", "2", "--max-multiply-adds", str(1 << 40)) as ours:
        with contextlib.closing(ours.kept_connection()) as connection:
            for _ in range(options.rounds):
                took = []
                for _ in range(3):
                    began = time.perf_counter()
                    exchange(connection, "/attention?causal=true&rotate=false", body, answer)
                    took.append((time.perf_counter() - began) * 1e3)
                row.add(torch.measure("attention", LARGE, 2, 3), sorted(took)[1])
    row.report()
    return [row]


def exchange(connection, path, body, answer):
    connection.request("POST", path, body, {"Content-Type": "application/vnd.safetensors"})
    response = connection.getresponse()
    assert response.status == 200, response.read()
    place = 0
    while count := response.readinto(answer[place:]):
        place += count


def memory(options):
    """Of 16 384 queries and keys, over what an idle process holds and the body itself."""
    row = Row("peak memory, 16 384 queries and keys, 1 head, dim 64, over idle", "–", "MB", 200, 60, less=True)
    x = np.random.default_rng(1).standard_normal((16_384, 64), dtype=np.float32)
    body = safetensors({"query": x, "key": x, "value": x})
    with servers.ropewalk(options.binary) as ours:
        ours.get("/livez")
        before = ours.status("VmRSS")
        ours.forget_peak()
        ours.post("/attention?causal=true", body, "application/vnd.safetensors")
        row.add((ours.status("VmHWM") - before) / 1e6)
    row.report()
    return [row]
