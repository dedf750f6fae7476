"""Writes npy.json and safetensors.json: files of numpy and safetensors, and what is in them (`make goldens`)."""

import base64
import io
import json
import pathlib

import numpy
import safetensors

FOLDER = pathlib.Path(__file__).parent
RANDOM = numpy.random.Generator(numpy.random.PCG64(7))

# Signs, ends, subnormals and what is no number, in each type.
SPECIAL = [0.0, -0.0, 1.0, -1.5, 65504.0, 6e-8, -6.1e-5, float("inf"), float("-inf"), float("nan"), 1 / 3, 1e-3]


def text(data):
    return base64.b64encode(data).decode()


def npy(array, version):
    file = io.BytesIO()
    numpy.lib.format.write_array(file, array, version=version, allow_pickle=True)
    return file.getvalue()


def npy_case(name, array, version=(1, 0)):
    little = numpy.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    return {
        "name": name, "file": text(npy(array, version)), "type": f"float{8 * array.itemsize}",
        "shape": list(array.shape), "bytes": text(little.tobytes()),
        "is_canonical": version == (1, 0) and array.ndim > 0 and array.size > 0 and array.flags.c_contiguous
        and array.dtype.byteorder != ">",
    }


def npy_cases():
    for code in ["f2", "f4", "f8"]:
        for order in ["<", ">"]:
            special = numpy.array(SPECIAL, dtype=numpy.dtype(order + code))
            cube = RANDOM.standard_normal((2, 3, 5)).astype(special.dtype)
            yield npy_case(f"{order}{code}, special values", special)
            yield npy_case(f"{order}{code}, three axes", cube)
            yield npy_case(f"{order}{code}, three axes, Fortran's order", numpy.asfortranarray(cube))
    square = RANDOM.standard_normal((3, 3)).astype("<f4")
    yield npy_case("version 2", square, (2, 0))
    yield npy_case("version 3", square, (3, 0))
    yield npy_case("version 3, Fortran's order", numpy.asfortranarray(square), (3, 0))
    yield npy_case("one axis of length 1", numpy.array([2.5], dtype="<f4"))
    yield npy_case("a single number", numpy.array(2.5, dtype="<f4"))
    yield npy_case("no elements", numpy.zeros((0, 3), dtype="<f4"))
    yield npy_case("no elements, Fortran's order", numpy.zeros((3, 0), dtype="<f8", order="F"))
    yield npy_case("eight axes", RANDOM.standard_normal((1, 2, 1, 3, 1, 2, 1, 2)).astype("<f4"))
    yield npy_case("eight axes, Fortran's order", numpy.asfortranarray(RANDOM.standard_normal((2, 1, 3, 2, 1, 1, 2, 2))))
    yield npy_case("a long axis", numpy.arange(1234, dtype="<f2"))


def refused_npy_cases():
    arrays = {
        "objects": numpy.array([None, 1], dtype=object),
        "fields": numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<f4")]),
        "int32": numpy.arange(3, dtype="<i4"), "uint8": numpy.arange(3, dtype="u1"), "bool": numpy.array([True]),
        "complex64": numpy.zeros(2, dtype="<c8"), "longdouble": numpy.zeros(1, dtype=numpy.longdouble),
        "text": numpy.array(["ab"]), "bytes": numpy.array([b"ab"]), "void": numpy.zeros(2, dtype="V2"),
        "datetime64": numpy.array(["2026-11-26"], dtype="M8[s]"),
    }
    for name, array in arrays.items():
        yield {"name": name, "file": text(npy(array, None))}


# The names that safetensors takes, those that files have, and bits of one element.
TYPES = {
    "bool": ("BOOL", 8), "uint8": ("U8", 8), "int8": ("I8", 8), "uint16": ("U16", 16), "int16": ("I16", 16),
    "uint32": ("U32", 32), "int32": ("I32", 32), "uint64": ("U64", 64), "int64": ("I64", 64), "float16": ("F16", 16),
    "bfloat16": ("BF16", 16), "float32": ("F32", 32), "float64": ("F64", 64), "complex64": ("C64", 64),
    "float8_e4m3fn": ("F8_E4M3", 8), "float8_e5m2": ("F8_E5M2", 8), "float8_e8m0fnu": ("F8_E8M0", 8),
    "float8_e4m3fnuz": ("F8_E4M3FNUZ", 8), "float8_e5m2fnuz": ("F8_E5M2FNUZ", 8),
}


def safetensors_case(name, tensors, metadata=None):
    specs = {
        # The buffers live as long as `tensors`.
        key: safetensors.TensorSpec(dtype=dtype, shape=shape, data_ptr=data.ctypes.data, data_len=data.nbytes)
        for key, (dtype, shape, data) in tensors.items()
    }
    return {
        "name": name, "file": text(safetensors.serialize(specs, metadata)), "metadata": metadata or {},
        "tensors": [
            {"name": key, "type": TYPES[dtype][0], "shape": shape, "bytes": text(data.tobytes())}
            for key, (dtype, shape, data) in tensors.items()
        ],
    }


def safetensors_cases():
    def one(dtype, shape):
        count = int(numpy.prod(shape, dtype=int))
        return dtype, shape, RANDOM.integers(0, 256, count * TYPES[dtype][1] // 8, dtype="u1")

    yield safetensors_case("one tensor", {"x": one("float32", [2, 3])})
    yield safetensors_case("query, key and value", {name: one("float16", [2, 4, 8]) for name in ["q", "k", "v"]})
    yield safetensors_case("every type", {f"a {dtype}": one(dtype, [3, 1]) for dtype in TYPES})
    yield safetensors_case("metadata", {"x": one("bfloat16", [3])}, {"format": "pt", "note": "a \"quoted\"\nline"})
    yield safetensors_case("no tensors", {})
    yield safetensors_case(
        "a number, and no elements",
        {"number": one("float32", []), "none": one("float32", [0, 4]), "no bytes": one("uint8", [2, 0])})
    yield safetensors_case(
        "names", {"é😀": one("float32", [1]), "a/b\"c\\d\n": one("float32", [1]), "": one("float32", [1])})
    yield safetensors_case("nine axes", {"x": one("float32", [1, 2, 1, 1, 1, 1, 1, 1, 2])})


def write(name, **lists):
    provenance = {
        "command": "make goldens", "script": "Tests/TensorCodingTests/Goldens/make_files.py",
        "numpy": numpy.__version__, "safetensors": safetensors.__version__,
    }
    lines = [f'{{"provenance":{json.dumps(provenance)}']
    for key, cases in lists.items():
        lines.append(f',"{key}":[\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]")
    (FOLDER / name).write_text("".join(lines) + "}\n")


write("npy.json", read=npy_cases(), refused=refused_npy_cases())
write("safetensors.json", read=safetensors_cases())
