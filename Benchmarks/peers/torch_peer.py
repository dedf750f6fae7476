"""The peer of the engine: PyTorch in process. Reads a line of JSON a measurement, and answers with its times in milliseconds."""

import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F


def times(body, rounds):
    body()
    result = []
    for _ in range(rounds):
        began = time.perf_counter()
        body()
        result.append((time.perf_counter() - began) * 1e3)
    return {"least": min(result), "median": statistics.median(result)}


def attention(shape, rounds):
    generator = torch.Generator().manual_seed(1)
    query, key, value = (torch.randn(shape, generator=generator) for _ in range(3))
    with torch.inference_mode():
        return times(lambda: F.scaled_dot_product_attention(query, key, value, is_causal=True), rounds)


def rotate_half(x):
    """As in Hugging Face's modeling_llama."""
    x1 = x[..., : x.shape[-1] // 2]
    x2 = x[..., x.shape[-1] // 2 :]
    return torch.cat((-x2, x1), dim=-1)


def rotation(shape, rounds):
    x = torch.randn(shape)
    inv_freq = 1.0 / (10000.0 ** (torch.arange(0, shape[-1], 2).float() / shape[-1]))
    angles = torch.outer(torch.arange(shape[-2]).float(), inv_freq)
    angles = torch.cat((angles, angles), dim=-1)
    cos, sin = angles.cos()[None, None], angles.sin()[None, None]
    with torch.inference_mode():
        return times(lambda: (x * cos) + (rotate_half(x) * sin), rounds)


for line in sys.stdin:
    wanted = json.loads(line)
    torch.set_num_threads(wanted["threads"])
    measure = {"attention": attention, "rotation": rotation}[wanted["do"]]
    print(json.dumps(measure(wanted["shape"], wanted["rounds"])), flush=True)
