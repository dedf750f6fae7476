"""What both files have in common: their inputs, how numbers are written, where they came from."""

import json
import platform
import zlib
from importlib import metadata
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
SEED = 2104
TRANSFORMERS = "https://github.com/huggingface/transformers/blob/v{}/src/transformers/models/".format(
    metadata.version("transformers")
)


def generator(name):
    """Random numbers of a case of its own, so that a new case leaves the others as they are."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def decimals(random, shape, spread=4, dtype="float64"):
    """Numbers of three decimals up to ±spread, as the dtype holds them."""
    return (random.integers(-1000 * spread, 1000 * spread + 1, shape) / 1000).astype(dtype)


def listed(array):
    """Nested lists of the shortest decimals that read back to the same number of the array's type."""
    array = np.asarray(array)
    if array.ndim:
        return [listed(part) for part in array]
    if array.dtype == bool:
        return bool(array)
    number = float(str(array.item() if array.dtype == np.float64 else array))
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def packed(array):
    """The flat form."""
    return {"shape": list(array.shape), "data": listed(array.reshape(-1))}


def provenance(functions, notes):
    pins = (FOLDER / "requirements.txt").read_text().split()
    names = [pin.split("==")[0] for pin in pins]
    return {
        "command": "make goldens",
        "functions": functions,
        "notes": notes,
        "python": platform.python_version(),
        "seed": SEED,
        # The public part: which build of torch a machine gets (2.13.0+cpu, 2.13.0+cu130) does not change the numbers.
        "versions": {name: metadata.version(name).split("+")[0] for name in names},
    }


def write(file, functions, notes, cases):
    """One line a member of a case, so that a change can be read."""
    compact = {"separators": (",", ":"), "allow_nan": False, "ensure_ascii": False}
    lines = [
        "{" + ",\n".join(f"{json.dumps(name)}:{json.dumps(value, **compact)}" for name, value in case.items()) + "}"
        for case in cases
    ]
    head = json.dumps(provenance(functions, notes), indent=1, ensure_ascii=False)
    text = f'{{"provenance":{head},\n"cases":[\n' + ",\n".join(lines) + "\n]}\n"
    (FOLDER / file).write_text(text)
    print(f"{file}: {len(cases)} cases, {len(text.encode())} bytes")
