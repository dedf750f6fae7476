"""The peer: rotation in FastAPI as its best users would write it, with orjson, numpy and cached tables, and no pydantic."""

import ast
import functools

import numpy as np
import orjson
from fastapi import FastAPI, Request, Response

app = FastAPI()


@functools.lru_cache(maxsize=64)
def tables(length: int, dim: int, base: float) -> tuple[np.ndarray, np.ndarray]:
    inv_freq = base ** (-np.arange(0, dim, 2, dtype=np.float64) / dim)
    angles = np.outer(np.arange(length, dtype=np.float64), inv_freq)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


@app.post("/rope/apply")
async def apply(request: Request) -> Response:
    body = orjson.loads(await request.body())
    x = np.array(body["x"], dtype=np.float32)
    length, dim = x.shape[-2:]
    base = body.get("base", 10000.0)
    cos, sin = tables(length, dim, base)
    y = np.empty_like(x)
    even, odd = x[..., 0::2], x[..., 1::2]
    y[..., 0::2] = even * cos - odd * sin
    y[..., 1::2] = even * sin + odd * cos
    rope = {"attention_factor": 1, "base": base, "dim": dim, "layout": "interleaved", "rope_type": "default",
            "rotary_dim": dim}
    answer = {"rope": rope, "shape": x.shape, "y": y}
    return Response(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


@app.post("/npy")
async def apply_npy(request: Request) -> Response:
    body = await request.body()
    # As np.load reads it, but for the file object around it: 128 bytes and more of header, then the elements.
    end = 10 + int.from_bytes(body[8:10], "little")
    header = ast.literal_eval(body[10:end].decode())
    x = np.frombuffer(body, dtype=header["descr"], offset=end).reshape(header["shape"])
    length, dim = x.shape[-2:]
    cos, sin = tables(length, dim, 10000.0)
    y = np.empty_like(x)
    even, odd = x[..., 0::2], x[..., 1::2]
    y[..., 0::2] = even * cos - odd * sin
    y[..., 1::2] = even * sin + odd * cos
    return Response(body[:end] + y.tobytes(), media_type="application/x-npy")


@functools.lru_cache(maxsize=64)
def frequencies_answer(dim: int, base: float) -> bytes:
    inv_freq = base ** (-np.arange(0, dim, 2, dtype=np.float64) / dim)
    rope = {"attention_factor": 1, "base": base, "dim": dim, "layout": "interleaved", "rope_type": "default",
            "rotary_dim": dim}
    answer = {"attention_factor": 1, "base": base, "dim": dim, "inv_freq": inv_freq, "rope": rope, "rope_type": "default",
              "wavelengths": 2 * np.pi / inv_freq}
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


@app.get("/frequencies")
async def frequencies(request: Request) -> Response:
    query = request.query_params
    answer = frequencies_answer(int(query["dim"]), float(query.get("base", 10000.0)))
    return Response(answer, media_type="application/json")
