"""The rows of a run as tables: medians of the rounds, and their range."""

import statistics


def grouped(rows, test):
    found = {}
    for row in rows:
        if row["test"] == test:
            found.setdefault(row["target"], []).append(row)
    return found


def median(rows, of):
    return statistics.median(of(row) for row in rows)


def spread(rows, of):
    values = [of(row) for row in rows]
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def ratio(groups, name, of, to="nginx"):
    """The median of each round's ratio to nginx in the same round."""
    base = {row["round"]: of(row) for row in groups.get(to, [])}
    ratios = [of(row) / base[row["round"]] for row in groups[name] if base.get(row["round"])]
    return f"{statistics.median(ratios):.3f}" if ratios else ""


def table(head, lines):
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)


def per_core(row):
    return row["per_core_second"]


def whole(groups):
    head = ["gateway", "requests per core-second", "of nginx", "p50 us", "p99 us", "failed"]
    return head, [
        [
            name,
            spread(rows, per_core),
            ratio(groups, name, per_core),
            f"{median(rows, lambda row: row['took']['p50']):,.0f}",
            f"{median(rows, lambda row: row['took']['p99']):,.0f}",
            sum(row["failed"] for row in rows),
        ]
        for name, rows in groups.items()
    ]


def streams(groups):
    head = ["gateway", "streams", "tokens per core-second", "of nginx", "delay p50 us", "p99 us"]
    return [*head, "late by 35 ms", "failed"], [
        [
            name,
            rows[0]["streams"],
            spread(rows, per_core),
            ratio(groups, name, per_core),
            f"{median(rows, lambda row: row['delay']['p50']):,.0f}",
            f"{median(rows, lambda row: row['delay']['p99']):,.0f}",
            sum(row["stalls"] for row in rows),
            sum(row["failed"] + row["unended"] for row in rows),
        ]
        for name, rows in groups.items()
    ]


def rate(groups):
    direct = {row["round"]: row["first"]["p50"] for row in groups.get("direct", [])}
    head = ["gateway", "a second", "first token p50 us", "added us", "p99 us", "core us each"]
    return [*head, "failed"], [
        [
            name,
            rows[0]["rate"],
            f"{median(rows, lambda row: row['first']['p50']):,.0f}",
            f"{median(rows, lambda row: row['first']['p50'] - direct[row['round']]):,.0f}",
            f"{median(rows, lambda row: row['first']['p99']):,.0f}",
            f"{median(rows, lambda row: 1e6 * row['core_seconds'] / max(row['whole'], 1)):,.0f}",
            sum(row["failed"] for row in rows),
        ]
        for name, rows in groups.items()
    ]


def memory(groups):
    head = ["gateway", "streams", "kB each", "kB before", "kB after", "failed"]
    return head, [
        [name, row["streams"], row["kb_each"], row["kb_before"], row["kb_after"], row["failed"]]
        for name, rows in groups.items()
        for row in rows
    ]


def keys(groups):
    first = next(iter(groups))
    head = ["keys", "replicas", "requests per core-second", "of the first", "idle core", "kB"]
    return head, [
        [
            f"{rows[0]['keys']:,}",
            f"{rows[0]['replicas']:,}",
            spread(rows, per_core),
            ratio(groups, name, per_core, first),
            f"{median(rows, lambda row: row['idle_core']):.3f}",
            f"{median(rows, lambda row: row['kb']):,.0f}",
        ]
        for name, rows in groups.items()
    ]


def cuts(groups):
    head = ["gateway", "streams cut", "tokens read", "tokens made within 1 s", "still under way"]
    return head, [
        [
            name,
            sum(row["cut"] for row in rows),
            sum(row["tokens"] for row in rows),
            sum(row["made"] for row in rows),
            sum(row["still_under_way"] for row in rows),
        ]
        for name, rows in groups.items()
    ]


SHOWN = {
    "whole": whole,
    "rate": rate,
    "streams": streams,
    "memory": memory,
    "keys": keys,
    "cuts": cuts,
}


def tables(rows):
    text = []
    for test, show in SHOWN.items():
        groups = grouped(rows, test)
        if groups:
            text.append(f"\n## {test}\n\n{table(*show(groups))}")
    return "\n".join(text)
