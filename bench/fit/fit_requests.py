"""Fits the request generator and prints its models as TOML.

    python fit_requests.py TRACES > ../../crates/sim/src/demand/generate/requests.toml

TRACES holds infer-servegen/, infer-azure-llm-2024-digitised/ and infer-azure-llm-2023/. Needs
numpy. What the models are, and how well they fit, is in docs/demand.md.

`chat` is ServeGen's m-small, all clients added up, one week in ten-minute windows; its weekday is
not known, so that all days are taken alike. `coding` is Azure's coding service of May 2024, read
off a plot in steps of 7.2 minutes. Tokens of both are those of Azure's conversation trace of 2023.
"""

import csv
import gzip
import math
import sys
from datetime import datetime
from pathlib import Path

import numpy as np

WINDOW = 600


def rows(path):
    with gzip.open(path, "rt") as file:
        yield from csv.DictReader(file)


def servegen(path):
    """Requests of all clients together, by window."""
    counts = {}
    for row in rows(path):
        window = int(row["window_start_s"]) // WINDOW
        counts[window] = counts.get(window, 0) + round(float(row["rate_rps"]) * WINDOW)
    return np.array([counts[window] for window in sorted(counts)], dtype=float)


def azure_coding(path):
    """(seconds from Monday of UTC, requests a minute) at each step."""
    found = []
    for row in rows(path):
        time = datetime.fromisoformat(row["time_utc"].replace("Z", "+00:00"))
        second = time.weekday() * 86_400 + time.hour * 3_600 + time.minute * 60 + time.second
        found.append((second, float(row["req_per_min_mid"])))
    return np.array(found)


def thousandths(profile):
    """Whole thousandths that add up to a mean of exactly 1,000."""
    exact = profile / profile.mean() * 1_000
    parts = np.floor(exact).astype(int)
    for place in np.argsort(parts - exact)[: 1_000 * len(parts) - parts.sum()]:
        parts[place] += 1
    return parts


def at_hour(hours, seconds):
    """The profile between the middles of its hours, as the generator reads it."""
    middles = (np.arange(24) + 0.5) * 3_600
    return np.interp(np.asarray(seconds) % 86_400, middles, hours, period=86_400) / 1_000


def noise(rest, step):
    """Slow and fast spread and the slow time constant of what the profile leaves.

    The slow part's autocovariance falls off exponentially; the fast part is what the variance has
    beyond it."""
    rest = rest - rest.mean()
    lags = np.arange(1, round(6 * 3_600 / step) + 1)
    covariance = np.array([(rest[:-lag] * rest[lag:]).mean() for lag in lags])
    variance = rest.var()
    chosen = (math.inf, 0.0, 1.0)
    for tau in np.arange(0.5, 24.5, 0.5):
        for s in np.linspace(0, variance, 101):
            error = ((s * np.exp(-lags * step / 3_600 / tau) - covariance) ** 2).sum()
            if error < chosen[0]:
                chosen = (error, s, tau)
    _, slow, tau = chosen
    return math.sqrt(slow), tau, math.sqrt(max(variance - slow, 0.0))


def tokens(path):
    values = np.array(
        [(int(row["ContextTokens"]), int(row["GeneratedTokens"])) for row in rows(path)], float
    )
    mean, spread = values.mean(axis=0), values.std(axis=0)
    return mean, spread / mean


def write(name, hours, weekdays, found, mean, variation):
    slow, tau, fast = found
    print(f"\n[{name}]")
    print(f"hours = {list(map(int, hours))}")
    print(f"weekdays = {list(map(int, weekdays))}")
    print(f'slow_spread = "{slow:.3f}"')
    print(f'slow_hours = "{tau:g}"')
    print(f'fast_spread = "{fast:.3f}"')
    print(f'input_tokens = "{mean[0]:.0f}"')
    print(f'input_variation = "{variation[0]:.2f}"')
    print(f'output_tokens = "{mean[1]:.0f}"')
    print(f'output_variation = "{variation[1]:.2f}"')


def main(traces):
    mean, variation = tokens(traces / "infer-azure-llm-2023/AzureLLMInferenceTrace_conv.csv.gz")
    print("# Fitted by bench/fit/fit_requests.py; see docs/demand.md. Hours and weekdays are in")
    print("# thousandths of the mean, from midnight and from Monday of the users' own clock.")

    counts = servegen(traces / "infer-servegen/m-small_week1_clients.csv.gz")
    days = counts[: len(counts) // 144 * 144].reshape(-1, 24, 6).mean(axis=2)
    hours = thousandths((days / days.mean(axis=1, keepdims=True)).mean(axis=0))
    expected = at_hour(hours, (np.arange(len(counts)) + 0.5) * WINDOW) * counts.mean()
    found = noise(np.log(counts / expected), WINDOW)
    write("chat", hours, [1_000] * 7, found, mean, variation)

    series = azure_coding(
        traces / "infer-azure-llm-2024-digitised/azure2024_coding_req_per_min.csv.gz"
    )
    hour = (series[:, 0] // 3_600).astype(int) % 24
    day = (series[:, 0] // 86_400).astype(int)
    weekdays = thousandths(np.array([series[day == d, 1].mean() for d in range(7)]))
    level = series[:, 1] / weekdays[day]
    hours = thousandths(np.array([level[hour == h].mean() for h in range(24)]))
    expected = at_hour(hours, series[:, 0]) * weekdays[day] / 1_000 * series[:, 1].mean()
    found = noise(np.log(np.maximum(series[:, 1], 1.0) / expected), 432)
    write("coding", hours, weekdays, found, mean, variation)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
