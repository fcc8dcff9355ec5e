"""The publisher or a follower of a JSON document in multiprocessing.shared_memory.

The memory holds 8 bytes sequence (odd while it is written), 8 bytes length, the JSON text. Questions come as lines of JSON, answers go as lines.
"""
import gc
import json
import struct
import sys
import threading
import time
from multiprocessing import resource_tracker, shared_memory

HEADER_BYTES = 16
PAUSE_SECONDS = 0.001


def walk(value, tokens):
    for token in tokens:
        value = value[int(token)] if isinstance(value, list) else value[token]
    return value


def tell(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Publisher:
    def __init__(self, name, text_path):
        with open(text_path, encoding="utf-8") as file:
            self.document = json.load(file)
        text = self.encode()
        self.shared = shared_memory.SharedMemory(name, create=True, size=HEADER_BYTES + len(text) * 5 // 4 + 4096)
        self.sequence = 0
        self.write(text)

    def encode(self):
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    def write(self, text):
        buffer = self.shared.buf
        struct.pack_into("<q", buffer, 0, self.sequence + 1)
        struct.pack_into("<q", buffer, 8, len(text))
        buffer[HEADER_BYTES:HEADER_BYTES + len(text)] = text
        self.sequence += 2
        struct.pack_into("<q", buffer, 0, self.sequence)

    def publish(self, _question):
        return self.shared.size

    def set(self, question):
        started = time.monotonic_ns()
        row = question["row"]
        *parents, last = row["field"]
        walk(walk(self.document, row["tokens"]), parents)[last] = started
        self.write(self.encode())
        return time.monotonic_ns() - started

    def close(self, _question):
        self.shared.close()
        self.shared.unlink()


class Follower:
    def __init__(self, name):
        self.name = name

    def attach(self):
        self.shared = shared_memory.SharedMemory(self.name)
        # Before Python 3.13 each process that attaches believes that it has to remove the memory at its end.
        resource_tracker.unregister(self.shared._name, "shared_memory")
        self.held = -1
        while self.held < 0:
            self.refresh()

    def refresh(self):
        """Parses the newest text, and tells whether it did; a text that is just being written is left for the next look."""
        buffer = self.shared.buf
        (before, length) = struct.unpack_from("<qq", buffer, 0)
        if before == self.held or before & 1:
            return False
        text = bytes(buffer[HEADER_BYTES:HEADER_BYTES + length])
        if struct.unpack_from("<q", buffer, 0)[0] != before:
            return False
        self.document = json.loads(text)
        self.held = before
        return True

    def read(self, row):
        return walk(walk(self.document, row["tokens"]), row["field"])

    def open(self, question):
        started = time.monotonic_ns()
        self.attach()
        self.read(question["row"])
        return time.monotonic_ns() - started

    def load(self, _question):
        return None

    def whole(self, _question):
        started = time.monotonic_ns()
        self.attach()
        return time.monotonic_ns() - started

    def hot(self, question):
        row = question["row"]
        tokens = [*row["tokens"], *row["field"]]
        if isinstance(self.document, list):
            tokens[0] = int(tokens[0])
        path = "".join(f"[{json.dumps(token)}]" for token in tokens)
        return per_call(eval(f"lambda _: self.document{path}", {"self": self}), [None])

    def random(self, question):
        return per_call(self.read, question["rows"], question["from"])

    def touch(self, question):
        for row in question["rows"]:
            self.read(row)

    def memory(self, _question):
        gc.collect()
        return memory_of_this_process()

    def watch(self, question):
        self.watched = question["row"]
        self.longest = 0
        threading.Thread(target=self.look_again_and_again, daemon=True).start()

    def look_again_and_again(self):
        while True:
            time.sleep(PAUSE_SECONDS)
            spent = time.thread_time_ns()
            if not self.refresh():
                continue
            sent_at = self.read(self.watched)
            latency = time.monotonic_ns() - sent_at
            self.longest = max(self.longest, time.thread_time_ns() - spent)
            tell({"seen": {"sentAt": sent_at, "latency": latency}})

    def stallBegin(self, _question):
        self.longest = 0

    def stallLongest(self, _question):
        return self.longest


def per_call(read, arguments, at=0):
    """The nanoseconds of one call: the median of series."""
    series = []
    until = time.monotonic_ns() + 200_000_000
    while time.monotonic_ns() < until:
        batch = [arguments[(at + i) % len(arguments)] for i in range(1000)]
        at += 1000
        started = time.perf_counter_ns()
        for argument in batch:
            read(argument)
        series.append((time.perf_counter_ns() - started) / 1000)
    return sorted(series)[len(series) // 2]


def memory_of_this_process():
    """As memory.mjs counts it."""
    sums = {"privateBytes": 0, "proportionalBytes": 0}
    shared = False
    with open("/proc/self/smaps", encoding="utf-8") as lines:
        for line in lines:
            fields = line.split()
            if "-" in fields[0] and not fields[0].endswith(":"):
                shared = fields[1].endswith("s")
            elif fields[0] == "Pss:":
                sums["proportionalBytes"] += int(fields[1]) * 1024
            elif not shared and fields[0] in ("Private_Clean:", "Private_Dirty:"):
                sums["privateBytes"] += int(fields[1]) * 1024
    return sums


class Bare:
    memory = staticmethod(lambda _question: memory_of_this_process())


def main(role, *args):
    one = {"publish": Publisher, "follow": Follower, "bare": Bare}[role](*args)
    tell({"ready": True})
    for line in sys.stdin:
        question = json.loads(line)["question"]
        try:
            tell({"answer": getattr(one, question["do"])(question)})
        except Exception as error:
            tell({"error": f"python, {question['do']}: {error!r}"})


main(*sys.argv[1:])
