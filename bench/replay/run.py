#!/usr/bin/env python3
"""Measures the replay: time, memory and events a second at one, two and four times the jobs.

Usage: bench/replay/run.py TRACES [--policies none,static,recallable] [--factors 1,2,4]

TRACES is a directory with the public traces that docs/demand.md lists. Needs a release build.
Each run is one process on one core; its time and peak memory are the operating system's own
accounting of it. The limits are those of README.md beside this file.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def measure(binary, scenario, out):
    """Runs one replay on one core; returns wall seconds, CPU seconds, peak MB and the figures."""
    start = time.monotonic()
    process = subprocess.Popen(
        [binary, "replay", scenario, "--out", out, "--format", "json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    if status != 0:
        raise SystemExit(f"{scenario}: the replay failed with status {status}")
    figures = json.loads((pathlib.Path(out) / "figures.json").read_text())
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("traces", type=pathlib.Path)
    parser.add_argument("--policies", default="recallable")
    parser.add_argument("--factors", default="1,2,4")
    parser.add_argument("--binary", default=str(ROOT / "target" / "release" / "leasehold"))
    arguments = parser.parse_args()
    template = (HERE / "three-leases.toml.in").read_text()
    policies = ", ".join(f'"{name}"' for name in arguments.policies.split(","))
    print("| jobs | policies | events | wall s | CPU s | peak MB | events / CPU s | recalls |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for factor in arguments.factors.split(","):
        with tempfile.TemporaryDirectory() as directory:
            text = template.replace("@TRACES@", str(arguments.traces.resolve()))
            text = text.replace("@EXAMPLES@", str(ROOT / "examples"))
            text = text.replace("@FACTOR@", factor).replace("@POLICIES@", policies)
            text = text.replace("@LARGE@", f"{160}/{factor}").replace("@SMALL@", f"{24}/{factor}")
            scenario = pathlib.Path(directory) / "scenario.toml"
            scenario.write_text(text)
            out = str(pathlib.Path(directory) / "report")
            wall, cpu, peak, figures = measure(arguments.binary, str(scenario), out)
        found = figures["policies"]
        events = sum(policy["events"] for policy in found)
        jobs = found[0]["jobs"]["submitted"]
        recalls = sum(t["ordered"] for policy in found for t in policy["recalls"]["totals"])
        print(
            f"| {jobs:,} ({factor}x) | {arguments.policies} | {events:,} | {wall:.1f} | {cpu:.1f} "
            f"| {peak:.0f} | {events / cpu:,.0f} | {recalls:,} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
