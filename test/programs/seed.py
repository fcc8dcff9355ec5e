"""The protocol of the original jsonmmap in Python 3: one `<length>:<json>` in a mapped file, and nothing else."""
import json
import mmap
import os
import select
import sys
import time


class ObjectMmap(mmap.mmap):
    """A file stands in for the tagname, which only Windows has."""

    obj = None

    def __new__(cls, path, length, access=mmap.ACCESS_WRITE):
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            if os.fstat(file.fileno()).st_size < length:
                file.truncate(length)
            return super().__new__(cls, file.fileno(), length, access=access)

    def jsonwrite(self, obj):
        try:
            content = json.dumps(obj, ensure_ascii=False).encode()
            self.seek(0)
            self.write(str(len(content)).encode() + b":" + content)
            self.obj = obj
            return True
        except Exception:
            return False

    def jsonread_follower(self):
        try:
            self.seek(0)
            head = self.read(self.find(b":") + 1)
            self.obj = json.loads(self.read(int(head[:-1])))
        except Exception:
            pass
        return self.obj


def payload(n):
    return [n] * (1 + n * 37 % 100)


def write_until_end(shared):
    n = 100_000
    while n % 100 or not select.select([sys.stdin], [], [], 0)[0]:
        n += 1
        shared.jsonwrite(payload(n))
    return {"last": n}


def read(shared, seconds, versions):
    seen, reads, start = set(), 0, time.monotonic()
    while time.monotonic() - start < 20 and (time.monotonic() - start < seconds or len(seen) < versions):
        obj = shared.jsonread_follower()
        reads += 1
        seen.add(obj[0] if obj else None)
    return {"reads": reads, "versions": len(seen)}


def serve(shared):
    """Answers each line: {"write": object} with true or false, {} with the object that is read."""
    for line in sys.stdin:
        request = json.loads(line)
        answer = shared.jsonwrite(request["write"]) if "write" in request else shared.jsonread_follower()
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    command, path, length, *rest = sys.argv[1:]
    access = mmap.ACCESS_READ if command == "read" else mmap.ACCESS_WRITE
    commands = {"write": write_until_end, "read": read, "serve": serve}
    result = commands[command](ObjectMmap(path, int(length), access), *map(float, rest))
    if result:
        print(json.dumps(result))
