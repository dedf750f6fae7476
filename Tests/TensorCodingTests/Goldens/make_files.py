"""Writes npy.json and safetensors.json, files of numpy and safetensors and what is in them, and foreign.json, files of other
formats (`make goldens`)."""

import base64
import gzip
import io
import json
import lzma
import pathlib
import pickle
import tarfile
import zipfile

import ml_dtypes
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
        "datetime64": numpy.array(["2026-11-26"], dtype="M8[s]"), "complex128": numpy.zeros(2, dtype="<c16"),
        "void of 1 byte": numpy.zeros(2, dtype="V1"), "void of 16 bytes": numpy.zeros(2, dtype="V16"),
        **{name: numpy.zeros(2, dtype=getattr(ml_dtypes, name))
           for name in ["bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "float4_e2m1fn"]},
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


X = '"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'


def header_spellings():
    """Headers of files with 4 bytes after them, or as many as stand before a "|"."""
    def entry(text):
        return '{"x":{' + text + "}}"

    def noted(value, name="note"):
        return entry(f'"dtype":"F32","{name}":{value},"shape":[1],"data_offsets":[0,4]')

    yield from ["{" + X + "}", "0|{}", "[]", "null", '"a"', "", "{" + X, "{" + X + "}x", "{" + X + "}\0", "{" + X + ",}"]
    # White space
    yield from [" {" + X + "}", "\n\t\r {" + X + "} \n\t\r ", "\v{" + X + "}", "\ufeff{" + X + "}", "{/**/" + X + "}"]
    yield '{ "x" : { "dtype" : "F32" , "shape" : [ 1 ] , "data_offsets" : [ 0 , 4 ] } }'
    # Metadata
    metadata = ["null", "{}", '{"a":"b"}', '{"a":1}', '{"a":null}', '{"a":true}', '{"a":{}}', '{"a":["b"]}', "[]", '"a"',
                "true", "0", "nul", '{"a":"b","a":"c"}', '{"dtype":"F32","shape":"a"}', '{"":""}', '{"a":"\\u0000"}',
                '{"a":"\\ud800"}', '{"a":"\n"}', '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}']
    yield from ['{"__metadata__":' + value + "," + X + "}" for value in metadata]
    yield from ["{" + X + ',"__metadata__":' + value + "}" for value in ["null", '{"a":"b"}']]
    yield '{"__metadata__":null,"__metadata__":{},' + X + "}"
    yield '{"__metadata__":{"a":"1"},"__metadata__":{"b":"2"},' + X + "}"
    yield '{"\\u005f_metadata__":{"a":"b"},' + X + "}"
    # Keys of a tensor that the format does not have
    values = ["1", "-0.5e+3", "1e999", "01", "1.", "-", "+1", ".5", "NaN", "null", "nul", "true", "fals", "[]", "{}", "[1,]",
              "{,}", '{"a":1,"a":2}', '{"a"}', '{a:1}', "[1 2]", '"a"', '"\\ud83d\\ude00"', '"\\ud800"', '"a\nb"', '"\\x"',
              '{"a":[1,{"b":null,"c":[[],{}]}],"d":" "}', "", "[" * 125 + "]" * 125, "[" * 126 + "]" * 126,
              '{"a":' * 125 + "0" + "}" * 125, '{"a":' * 126 + "0" + "}" * 126]
    yield from [noted(value) for value in values]
    yield noted("1", name="")
    yield noted("1", name="Dtype")
    yield noted("1", name="note\":1,\"note")
    yield entry('"note":1,"data_offsets":[0,4],"shape":[1],"dtype":"F32","more":[]')
    # Keys of a tensor that it has
    yield from [
        entry('"data_offsets":[0,4],"shape":[1],"dtype":"F32"'), entry('"d\\u0074ype":"\\u004632","shape":[1],"data_offsets":[0,4]'),
        entry('"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]'), entry('"shape":[1],"data_offsets":[0,4]'),
        entry('"dtype":"F32","data_offsets":[0,4]'), entry('"dtype":"F32","shape":[1]'), entry(""), '{"x":null}', '{"x":1}',
        '{"x":["F32",[1],[0,4]]}',
    ]
    for dtype in ['"f32"', '"F31"', "null", "32", '""', '{"F32":null}', '"I32"', '"U32"']:
        yield entry(f'"dtype":{dtype},"shape":[1],"data_offsets":[0,4]')
    for shape in ["[1.0]", "[1e0]", "[-1]", "[01]", "null", "1", '["1"]', "[1,]", "[ 1 ]", "[]", "[1,1,1,1,1,1,1,1,1]", "[2]", "[0]"]:
        yield entry(f'"dtype":"F32","shape":{shape},"data_offsets":[0,4]')
    for shape in ["[-0]", "[0]", "[9223372036854775808,0]", "[4611686018427387904,4,0]", "[0,4611686018427387904,4]",
                  "[18446744073709551616,0]"]:
        yield "0|" + entry(f'"dtype":"F32","shape":{shape},"data_offsets":[0,0]')
    for offsets in ["[0]", "[]", "[0,4,8]", "[0.0,4.0]", "[4,0]", "[4,8]", "[0,3]", "[0,8]", "[-0,4]", '{"0":0,"1":4}', "null"]:
        yield entry(f'"dtype":"F32","shape":[1],"data_offsets":{offsets}')
    # Several tensors: their order, names, holes and overlaps
    def byte(name, shape, begin, end):
        return f'"{name}":{{"dtype":"U8","shape":[{shape}],"data_offsets":[{begin},{end}]}}'

    pairs = [
        [("x", 2, 0, 2), ("y", 2, 2, 4)], [("y", 2, 2, 4), ("x", 2, 0, 2)], [("x", 2, 2, 4)], [("x", 2, 0, 2)],
        [("x", 4, 0, 4), ("y", 2, 2, 4)], [("x", 2, 0, 2), ("e", 0, 2, 2), ("y", 2, 2, 4)],
        [("x", 4, 0, 4), ("e", 0, 2, 2)], [("x", 4, 0, 4), ("e", 0, 9, 9)], [("x", 4, 0, 4), ("e", 0, 4, 4)],
        [("x", 4, 0, 4), ("x", 4, 0, 4)], [("é", 2, 0, 2), ("e\u0301", 2, 2, 4)], [("\\u0000", 4, 0, 4)], [("a\nb", 4, 0, 4)],
        [("\\ud800", 4, 0, 4)], [("", 4, 0, 4)],
    ]
    yield from ["{" + ",".join(byte(*tensor) for tensor in tensors) + "}" for tensors in pairs]


def safetensors_headers():
    for spelling in header_spellings():
        count, header = spelling.split("|") if spelling[:2] == "0|" else ("4", spelling)
        data = header.encode()
        file = len(data).to_bytes(8, "little") + data + bytes(int(count))
        try:
            names = sorted(name for name, _ in safetensors.deserialize(file))
        except safetensors.SafetensorError:
            names = None
        yield {"file": text(file), "names": names}


def foreign_files():
    """Files of other formats, by words of what is said of them. What is short is written as its format has it."""
    array = numpy.zeros((2, 3), dtype="<f4")
    for words, save in [("a .npz archive of numpy", numpy.savez), ("a .npz archive of numpy", numpy.savez_compressed)]:
        file = io.BytesIO()
        save(file, weight=array)
        yield words, file.getvalue()
    for protocol in range(2, 6):
        yield "a pickle of Python", pickle.dumps({"weight": array}, protocol=protocol)
    # ggml.h before GGUF: magic numbers as little-endian words.
    for magic in [0x67676D6C, 0x67676D66, 0x67676A74, 0x67676C61]:
        yield "a GGML model of an old llama.cpp", magic.to_bytes(4, "little") + bytes([1, 0, 0, 0]) + bytes(24)
    yield "a 7z archive", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24)
    # onnx.proto: ir_version is field 1, producer_name field 2.
    yield "an ONNX model", b"\x08\x08\x12\x07pytorch\x1a\x052.1.0" + bytes(24)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("model.safetensors"))
    yield "a tar archive", archive.getvalue()[:1024]
    # torch/serialization.py: MAGIC_NUMBER, and the entries of its archives.
    yield "a file of PyTorch's torch.save", pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2) + pickle.dumps(1001, protocol=2)
    for entries, words in [
        (["archive/data.pkl", "archive/byteorder", "archive/data/0"], "a file of PyTorch's torch.save"),
        (["model/.format_version", "model/data.pkl"], "a file of PyTorch's torch.save"),
        (["[Content_Types].xml"], "a zip archive"), ([], "a zip archive"),
    ]:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name in entries:
                archive.writestr(zipfile.ZipInfo(name), b"0")
        yield words, file.getvalue()
    oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
    yield "a Git LFS pointer", f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n".encode()
    index = {"metadata": {"total_size": 8}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}
    yield "the index of a model", json.dumps(index, indent=2).encode()
    index["weight_map"] = {f"layer.{number}": "model.safetensors" for number in range(200)}
    yield "the index of a model", json.dumps({"metadata": {"note": "x" * 5000}, **index}).encode()
    yield "JSON", json.dumps({"x": [[1, 0]]}).encode()
    yield "a GGUF model", b"GGUF" + (3).to_bytes(4, "little") + bytes(16)
    yield "an HDF5 file", b"\x89HDF\r\n\x1a\n\x00" + bytes(40)
    yield "a PNG image", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    yield "a JPEG image", b"\xff\xd8\xff\xe0\x00\x10JFIF"
    yield "a PDF document", b"%PDF-1.7\n"
    yield "a Parquet file", b"PAR1\x15\x04\x15"
    yield "an Arrow file", b"ARROW1\x00\x00\xff\xff\xff\xff"
    yield "a MATLAB file", b"MATLAB 5.0 MAT-file, Platform: GLNXA64"
    yield "an HTML page", b"\n<!DOCTYPE html>\n<html><body>404</body></html>"
    yield "an HTML page", b"<HTML lang=en>"
    yield "compressed with gzip", gzip.compress(array.tobytes(), mtime=0)
    yield "compressed with xz", lzma.compress(array.tobytes())
    yield "compressed with Zstandard", b"\x28\xb5\x2f\xfd\x24\x00\x01\x00\x00"
    yield "compressed with bzip2", b"BZh91AY&SY"
    yield "a .npy file", npy(array, (1, 0))
    spec = safetensors.TensorSpec(dtype="float32", shape=[6], data_ptr=array.ctypes.data, data_len=array.nbytes)
    yield "a safetensors file", safetensors.serialize({"x": spec}, None)


def write(name, **lists):
    provenance = {
        "command": "make goldens", "script": "Tests/TensorCodingTests/Goldens/make_files.py",
        "numpy": numpy.__version__, "safetensors": safetensors.__version__, "ml_dtypes": ml_dtypes.__version__,
    }
    lines = [f'{{"provenance":{json.dumps(provenance)}']
    for key, cases in lists.items():
        lines.append(f',"{key}":[\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]")
    (FOLDER / name).write_text("".join(lines) + "}\n")


write("npy.json", read=npy_cases(), refused=refused_npy_cases())
write("safetensors.json", read=safetensors_cases(), headers=safetensors_headers())
write("foreign.json", read=({"name": name, "file": text(file)} for name, file in foreign_files()))
