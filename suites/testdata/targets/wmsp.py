"""A server of Windows Media HTTP streaming in an afternoon: one clip, one rung.

usage: wmsp.py CLIP PORT
"""
import http.server
import random
import re
import struct
import sys
import time

FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


class Clip:
    """An ASF file: its header with the first 50 bytes of data, and its packets."""

    def __init__(self, path):
        data = open(path, "rb").read()
        end = struct.unpack_from("<Q", data, 16)[0] + 50
        at = data.index(FILE_PROPERTIES)
        duration, = struct.unpack_from("<Q", data, at + 72)
        size, = struct.unpack_from("<I", data, at + 92)
        self.header = data[:end]
        self.packets = [data[i:i + size] for i in range(end, len(data), size) if i + size <= len(data)]
        self.pause = duration / 1e7 / len(self.packets)


def framed(kind, number, flags, payload):
    size = 8 + len(payload)
    return struct.pack("<BBHIBBH", 0x24, ord(kind), size, number, 0, flags, size) + payload


class Handler(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "Cougar/4.1.0.3928", ""

    def do_GET(self):
        player = self.headers.get("User-Agent", "").startswith("NSPlayer/")
        if self.path.split("?")[0] != "/clip.asf" or not player:
            return self.send_error(404)
        pragmas = ",".join(self.headers.get_all("Pragma", [])).lower()
        play, known = "xplaystrm=1" in pragmas, re.search(r"client-id=(\d+)", pragmas)
        client = int(known[1]) if known and int(known[1]) else random.randrange(1, 1 << 31)
        header = framed("H", 0, 0x0C, clip.header)
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Pragma", 'no-cache, client-id=%d, features="seekable,stridable"' % client)
        if not play:
            self.send_header("Content-Length", str(len(header)))
        self.end_headers()
        self.wfile.write(header)
        if not play:
            return
        for number, packet in enumerate(clip.packets):
            self.wfile.write(framed("D", number, number & 0xFF, packet))
            time.sleep(clip.pause)
        self.wfile.write(struct.pack("<BBHI", 0x24, ord("E"), 4, 0))

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()


clip = Clip(sys.argv[1])
http.server.ThreadingHTTPServer(("", int(sys.argv[2])), Handler).serve_forever()
