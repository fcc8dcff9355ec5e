"""Python's mmap as a server: each line of JSON opens a mapping or not, performs operations, closes it or not, and is answered by
the list of results. Bytes travel as latin-1 strings, errors as {"error": code} with the code that this library has for them."""
import json
import mmap
import sys

ACCESS = {"read": mmap.ACCESS_READ, "write": mmap.ACCESS_WRITE, "copy": mmap.ACCESS_COPY}


def open_mapping(path, access, offset, length):
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), length, access=ACCESS[access], offset=offset)


def set_item(m, index, value):
    """Python's slices are cut to the length, so an assignment behind the end stores nothing; ours is refused like an index."""
    if isinstance(value, int):
        m[index] = value
        return
    m.move(0, 0, 0)
    index = index + len(m) if index < 0 else index
    if index < 0 or index + len(value) > len(m):
        raise IndexError("outside the mapping")
    m[index : index + len(value)] = encode(value)


def encode(value):
    return value.encode("latin-1") if isinstance(value, str) else value


def call(method):
    return lambda m, *args: getattr(m, method)(*map(encode, args))


def search(method):
    """Older releases, 3.11.2 for one, find an empty string between bounds that have crossed; later ones do not, like bytes.find."""

    def operation(m, sub, *bounds):
        found = call(method)(m, sub, *bounds)
        start, end = bounds + (m.tell(), None)[len(bounds) :]
        start, end, _ = slice(start, end).indices(len(m))
        return -1 if start > end else found

    return operation


OPERATIONS = {
    "read": call("read"),
    "readByte": call("read_byte"),
    "readLine": call("readline"),
    "write": call("write"),
    "writeByte": call("write_byte"),
    "seek": lambda m, *args: (m.seek(*args), m.tell())[1],
    "tell": call("tell"),
    "find": search("find"),
    "rfind": search("rfind"),
    "move": call("move"),
    "flush": call("flush"),
    "resize": call("resize"),
    "size": call("size"),
    "madvise": lambda m, option, *args: m.madvise(getattr(mmap, "MADV_" + option.upper()), *args),
    "at": lambda m, index: m[index],
    "set": set_item,
    "slice": lambda m, start=None, end=None: m[start:end],
    "length": len,
    "all": lambda m: b"".join(m),
    "close": call("close"),
    "closed": lambda m: m.closed,
}


def code_of(m, error):
    if m.closed:
        return "ERR_CLOSED"
    if isinstance(error, TypeError):
        return "ERR_READ_ONLY"
    if isinstance(error, (OverflowError, OSError)) or "unknown seek type" in str(error):
        return "ERR_INVALID_ARG"
    return "ERR_OUT_OF_RANGE"


def perform(m, name, *args):
    try:
        result = OPERATIONS[name](m, *args)
    except (TypeError, ValueError, IndexError, OverflowError, OSError) as error:
        return {"error": code_of(m, error)}
    return result.decode("latin-1") if isinstance(result, bytes) else result


mapping = None
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        mapping = open_mapping(**request["open"])
    print(json.dumps([perform(mapping, *operation) for operation in request["operations"]]), flush=True)
    if request.get("close"):
        mapping.close()
