#!/usr/bin/env python3
"""Measures the recall planner on invented fleets: time, gaps, what is taken, beside naive orders.

Usage: bench/planner/run.py [--rounds 20] [--racks 625] [--growth 39,156,625,1250]

Needs `cargo build --release -p leasehold-planner --example fleet_recall`. Times are what the thread
had of a core, by the system's own accounting; the limits are those of README.md beside this file.
"""

import argparse
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = ROOT / "target" / "release" / "examples" / "fleet_recall"


def plans(racks, rounds, exact):
    """One row a demand that had a plan, and how many had none."""
    command = [BINARY, str(racks), "5", str(rounds), "1" if exact else "0"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    with_plan = [row for row in rows if row["cost"] is not None]
    return with_plan, len(rows) - len(with_plan)


def share(values, part):
    """The value below which that part of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def median_multiple(rows, key):
    """How many times as dear an order of somebody's is, in the middle, where it has a plan."""
    found = [row[key] / row["cost"] for row in rows if row[key] and row["evicted"]]
    return f"{share(found, 0.5):.1f}" if found else "-"


def describe(rows, none):
    over = [row["cost"] / row["exact_cost"] - 1 for row in rows if row["exact_cost"]]
    print(f"{rows[0]['nodes']} nodes, {len(rows)} demands with a plan, {none} without")
    for name, key in [("plan", "plan_ms"), ("with runner-up", "with_runner_up_ms")]:
        times = [row[key] for row in rows]
        print(f"  {name}: p50 {share(times, .5):.1f} ms, p99 {share(times, .99):.1f} ms, most {max(times):.1f} ms")
    times = [row["exact_ms"] for row in rows]
    gaps = [row["exact_gap"] / 10_000 for row in rows]
    print(f"  exact: p50 {share(times, .5):.0f} ms, p99 {share(times, .99):.0f} ms, most {max(times):.0f} ms")
    print(f"  exact, proven gap: most {max(gaps):.4f} %, above 0.1 %: {sum(gap > .1 for gap in gaps)}")
    print(f"  fast above exact: mean {100 * sum(over) / len(over):.3f} %, most {100 * max(over):.3f} %")
    evicted = [row["evicted"] / row["units"] for row in rows]
    print(f"  evicted over asked: most {max(evicted):.3f}")
    for name, key in [("last in, first out", "last_in_cost"), ("random", "random_cost")]:
        print(f"  {name}: {median_multiple(rows, key)} times as dear, in the middle")


def by_size(rows):
    print("  units: p50 ms, most ms, fast above exact %, exact ms (most)")
    for units in sorted({row["units"] for row in rows}):
        of = [row for row in rows if row["units"] == units]
        over = max(row["cost"] / row["exact_cost"] - 1 for row in of)
        times = [row["plan_ms"] for row in of]
        exact = max(row["exact_ms"] for row in of)
        print(f"  {units}: {share(times, .5):.1f}, {max(times):.1f}, {100 * over:.3f}, {exact:.0f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--racks", type=int, default=625)
    parser.add_argument("--growth", default="39,156,625,1250")
    arguments = parser.parse_args()
    rows, none = plans(arguments.racks, arguments.rounds, True)
    describe(rows, none)
    by_size(rows)
    print("growth, fast mode, gangs up to an eighth of the fleet")
    for racks in arguments.growth.split(","):
        of, _ = plans(racks, 8, False)
        times = [row["plan_ms"] for row in of]
        print(f"  {of[0]['nodes']} nodes: p50 {share(times, .5):.1f} ms, most {max(times):.1f} ms")


if __name__ == "__main__":
    main()
