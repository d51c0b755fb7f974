"""rename-font.py FROM TO FAMILY - copy a TrueType font that then calls itself FAMILY."""
import struct
import sys


def renamed(table, family):
    """A name table with only the family, the style and both together."""
    names = {1: family, 2: "Regular", 4: family, 6: family.replace(" ", "") + "-Regular"}
    records = text = b""
    for number, name in sorted(names.items()):
        wide = name.encode("utf-16-be")
        records += struct.pack(">6H", 3, 1, 0x409, number, len(wide), len(text))
        text += wide
    return struct.pack(">3H", 0, len(names), 6 + len(records)) + records + text


def main():
    source, target, family = sys.argv[1:]
    with open(source, "rb") as f:
        font = f.read()
    count = struct.unpack(">H", font[4:6])[0]
    offset = 12 + 16 * count
    directory = body = b""
    for i in range(count):
        tag, check, start, length = struct.unpack(">4s3I", font[12 + 16 * i:28 + 16 * i])
        table = font[start:start + length]
        if tag == b"name":
            table = renamed(table, family)
        directory += struct.pack(">4s3I", tag, check, offset + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    with open(target, "wb") as f:
        f.write(font[:12] + directory + body)


main()
