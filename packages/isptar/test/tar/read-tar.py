"""Prints what Python's tarfile reads from the tar named, one JSON object a line; bytes are hex."""
import json
import sys
import tarfile

KINDS = {b"0": "file", b"1": "hardlink", b"2": "symlink", b"3": "char", b"4": "block", b"5": "directory", b"6": "fifo"}


def to_hex(text):
    return text.encode("utf-8", "surrogateescape").hex()


with tarfile.open(sys.argv[1], "r:", encoding="utf-8", errors="surrogateescape") as tar:
    for member in tar:
        print(json.dumps({
            "path": to_hex(member.name),
            "type": KINDS[member.type],
            "mode": member.mode,
            "uid": member.uid,
            "gid": member.gid,
            "userName": to_hex(member.uname),
            "seconds": member.mtime,
            "sizeBytes": member.size,
            "link": to_hex(member.linkname),
            "device": f"{member.devmajor},{member.devminor}",
        }), flush=True)
