#!/usr/bin/python3
"""prometheus.py - a strict reader of Prometheus' text format, as node-exporter reads it.

    prometheus.py FILE    print "NAME{LABELS} VALUE" a line; exit 1 with a reason

Every metric has its HELP and TYPE before its samples, once, and all samples of one
stand together; names, labels and numbers are as the format says; the last line ends.
"""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)\Z")
TYPES = ("counter", "gauge", "histogram", "summary", "untyped")


def refuse(number, why):
    sys.exit(f"line {number}: {why}")


def main():
    data = open(sys.argv[1], "rb").read().decode("utf-8", "strict")
    if not data.endswith("\n") or "\r" in data or "\n\n" in data:
        refuse(0, "lines end in one newline")
    helped, typed, seen = None, None, {}
    for number, line in enumerate(data[:-1].split("\n"), 1):
        if line.startswith("#"):
            what, name, text = (line.split(" ", 3)[1:] + ["", "", ""])[:3]
            if not re.fullmatch(NAME, name) or name in seen:
                refuse(number, f"{name} is no name, or was there already")
            if what == "HELP":
                if text == "" or re.search(r"\\(?![\\n])", text):
                    refuse(number, "a HELP without a text")
                helped = name
            elif what == "TYPE":
                if helped != name or text not in TYPES:
                    refuse(number, f"a TYPE without its HELP, or of an unknown kind: {text}")
                typed = name
                seen[name] = set()
            else:
                refuse(number, "neither HELP nor TYPE")
            continue
        sample = SAMPLE.match(line)
        if sample is None:
            refuse(number, f"no sample: {line}")
        name, labels, value = sample.groups()
        if name != typed:
            refuse(number, f"{name} does not stand under its TYPE")
        if labels in seen[name]:
            refuse(number, "a sample twice")
        seen[name].add(labels)
        print(f"{name}{{{labels or ''}}} {value}")


main()
