"""A reader of the segment format in Python, written from spec/FORMAT.md. Each line of input is a test vector, or the path of one, as
JSON; it is answered by "same" where the segment holds the vector's document, else by what is wrong."""
import json
import struct
import sys

CONSTANT, INTEGER, LATIN1, UTF16, LONG, OBJECT, LARGE_OBJECT, ARRAY, INLINE, LARGE_ARRAY = [*range(9), 15]
KINDS = {"SHAPE": 1, "OBJECT": 2, "ARRAY": 3, "ARRAY_INDEX": 4, "OBJECT_ROOT": 5, "BRANCH": 6, "BUCKET": 7, "LONG_STRING": 8, "WIDE_OBJECT": 9}
MASK = 0xFFFFFFFF


class Corrupt(Exception):
    pass


class Segment:
    """The bytes below the watermark; every read is checked against `before`, the unit of the node that names what is read."""

    def __init__(self, content, hash_seed):
        self.bytes = bytes(64) + content
        self.end = len(self.bytes) // 8
        self.seed = hash_seed

    def word(self, unit, i):
        at = unit * 8 + i * 4
        if at + 4 > len(self.bytes):
            raise Corrupt("a word behind the watermark")
        return struct.unpack_from("<I", self.bytes, at)[0]

    def slot(self, unit, i):
        return self.word(unit, i), self.word(unit, i + 1)

    def node(self, unit, before, *names):
        """The count and the kind of the node at `unit`, which is one of `names`."""
        if not 8 <= unit < before:
            raise Corrupt("a node that does not lie before its parent")
        header = self.word(unit, 1)
        kind = header >> 16 & 15
        if kind not in [KINDS[name] for name in names]:
            raise Corrupt(f"kind {kind} where {names} should be")
        return header >> 20, kind

    def value(self, lo, hi, before):
        if hi >> 20 != 0xFFF:
            return struct.unpack("<d", struct.pack("<II", lo, hi))[0]
        tag = hi >> 16 & 15
        if tag == CONSTANT:
            return [None, False, True][lo]
        if tag == INTEGER:
            return lo - (1 << 32) if lo >> 31 else lo
        if tag == OBJECT:
            return self.small_object(lo, before)
        if tag == LARGE_OBJECT:
            return self.large_object(lo, before)
        if tag == ARRAY:
            count, _ = self.node(lo, before, "ARRAY")
            return [self.value(*self.slot(lo, 2 + 2 * i), lo) for i in range(count)]
        if tag == LARGE_ARRAY:
            return self.large_array(lo, before)
        return self.string(lo, hi, before)

    def string(self, lo, hi, before):
        tag = hi >> 16 & 15
        if hi >> 20 == 0xFFF and INLINE <= tag < LARGE_ARRAY:
            return struct.pack("<IH", lo, hi & 0xFFFF)[: tag - INLINE].decode("latin-1")
        if tag == LONG:
            width, _ = self.node(lo, before, "LONG_STRING")
            length, start = self.word(lo, 0), lo * 8 + 8
        elif tag in (LATIN1, UTF16):
            width, length, start = tag - 1, hi & 0xFFFF, lo
        else:
            raise Corrupt("a slot that is no string")
        if start + length * width > before * 8:
            raise Corrupt("a string that does not lie before its node")
        raw = self.bytes[start : start + length * width]
        return raw.decode("latin-1") if width == 1 else raw.decode("utf-16-le", "surrogatepass")

    def small_object(self, unit, before):
        count, _ = self.node(unit, before, "OBJECT")
        shape = self.word(unit, 2)
        if self.node(shape, unit, "SHAPE")[0] != count:
            raise Corrupt("an object that does not fit its shape")
        keys = [self.string(*self.slot(shape, 2 + 2 * i), shape) for i in range(count)]
        return {key: self.value(*self.slot(unit, 4 + 2 * i), unit) for i, key in enumerate(keys)}

    def large_array(self, unit, before):
        count, kind = self.node(unit, before, "ARRAY_INDEX", "ARRAY")
        if kind == KINDS["ARRAY"]:
            return [self.value(*self.slot(unit, 2 + 2 * i), unit) for i in range(count)]
        elements = []
        for i in range(count):
            child, end = self.slot(unit, 2 + 2 * i)
            elements += self.large_array(child, unit)
            if len(elements) != end:
                raise Corrupt("an index that does not add up")
        return elements

    def large_object(self, unit, before):
        _, kind = self.node(unit, before, "OBJECT_ROOT", "WIDE_OBJECT")
        if kind == KINDS["WIDE_OBJECT"]:
            return self.wide_object(unit)
        entries, _, trie = (self.word(unit, i) for i in (2, 3, 4))
        found = sorted(self.entries(trie, unit, 0))
        if len(found) != entries:
            raise Corrupt("another number of entries than the root says")
        found.sort(key=lambda entry: (0, int(entry[1])) if is_index(entry[1]) else (1, entry[0]))
        return {key: self.value(*self.find(trie, unit, key)) for _, key in found}

    def wide_object(self, unit):
        keys, values = self.large_array(self.word(unit, 2), unit), self.large_array(self.word(unit, 3), unit)
        if not all(isinstance(key, str) for key in keys) or len(set(keys)) != len(keys) or len(keys) != len(values):
            raise Corrupt("a wide object whose keys do not fit its values")
        return dict(zip(keys, values))

    def entries(self, unit, before, level):
        """The ordinal and the key of each entry below a node of the trie."""
        count, kind = self.node(unit, before, "BRANCH", "BUCKET")
        if kind == KINDS["BUCKET"]:
            return [(self.word(unit, 2 + count + i), self.string(*self.slot(unit, 2 + 2 * count + 2 * i), unit)) for i in range(count)]
        return [entry for i in range(count) for entry in self.entries(self.word(unit, 3 + i), unit, level + 1)]

    def find(self, unit, before, key):
        """The value slot of `key`, by its hash, and the unit of its bucket."""
        wanted = key_hash(key, self.seed)
        for level in range(8):
            count, kind = self.node(unit, before, "BRANCH", "BUCKET")
            if kind == KINDS["BUCKET"]:
                break
            bitmap, way = self.word(unit, 2), wanted >> 5 * level & 31
            if not bitmap >> way & 1:
                raise Corrupt(f"{key!r} is not where its hash leads")
            before, unit = unit, self.word(unit, 3 + bin(bitmap & (1 << way) - 1).count("1"))
        for i in range(count):
            slot = self.slot(unit, 2 + 2 * count + 2 * i)
            if self.word(unit, 2 + i) == wanted and self.string(*slot, unit) == key:
                return *self.slot(unit, 2 + 4 * count + 2 * i), unit
        raise Corrupt(f"{key!r} is not in its bucket")


def key_hash(key, seed):
    raw = key.encode("utf-16-le", "surrogatepass")
    h = seed ^ len(raw) // 2
    for (unit,) in struct.iter_unpack("<H", raw):
        h = (h ^ unit) * 0x9E3779B1 & MASK
        h ^= h >> 15
    h = (h ^ h >> 16) * 0x85EBCA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & MASK
    return h ^ h >> 16


def is_index(key):
    return key.isascii() and key.isdigit() and (key == "0" or key[0] != "0") and int(key) <= 4294967294


def joined(text):
    if isinstance(text, str):
        return text
    return "".join(piece if isinstance(piece, str) else piece["repeat"] * piece["times"] for piece in text)


def same(a, b):
    """Equal, with the order of keys, and no number for a boolean."""
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def judge(vector):
    segment = Segment(bytes.fromhex(joined(vector["bytesHex"])), vector["hashSeed"])
    try:
        document = segment.value(vector["rootLo"], vector["rootHi"], segment.end)
    except Corrupt as problem:
        return f"corrupt: {problem}"
    return "same" if same(document, json.loads(joined(vector["json"]))) else f"differs: {document!r:.200}"


for line in sys.stdin:
    question = json.loads(line)
    if isinstance(question, str):
        with open(question, encoding="utf-8") as file:
            question = json.load(file)
    print(json.dumps(judge(question)), flush=True)
