"""Fits the job generator to Microsoft ITP job lists and prints its model as TOML.

    python fit_jobs.py DIRECTORY > ../../crates/sim/src/demand/generate/jobs.toml

DIRECTORY holds the trace's cluster02, 03, 04, 05 and 08 (.csv.gz). Needs numpy. What the model is,
and how well it fits, is in docs/demand.md.

A burst is a run of submissions of one size to one cluster, each at most ten minutes after the one
before. Days 7 to 53 are used: jobs that ran at either end of the sixty days are missing.
"""

import csv
import gzip
import math
import sys
from pathlib import Path

import numpy as np

CLUSTERS = ("02", "03", "04", "05", "08")
DAY, HOUR = 86_400, 3_600
FIRST_DAY, LAST_DAY = 7, 53
DAY_ZERO_WEEKDAY = 3  # 2021-03-04 was a Thursday; Monday is 0
BURST_GAP = 600
SIZES = (1, 2, 4, 8, 16, 32, 64)
SHORTEST = 600  # the trace has none below ten minutes
LONGEST = 20 * DAY
ALIKE = 0.25  # two jobs whose lengths differ by less than this in logarithm count as alike


def read(path, first_day=FIRST_DAY, last_day=LAST_DAY):
    with gzip.open(path, "rt") as file:
        rows = [
            (int(r["submission_time"]), int(r["duration"]), int(r["num_gpu"]))
            for r in csv.DictReader(file)
        ]
    rows = np.array(sorted(rows, key=lambda row: row[0]))
    inside = (rows[:, 0] >= first_day * DAY) & (rows[:, 0] < last_day * DAY)
    return rows[inside]


def bursts_of(clusters, size):
    """Lists of (submissions, durations), one a burst."""
    found = []
    for jobs in clusters:
        jobs = jobs[jobs[:, 2] == size]
        if len(jobs) == 0:
            continue
        begins = np.flatnonzero(np.r_[True, np.diff(jobs[:, 0]) > BURST_GAP])
        for part in np.split(jobs, begins[1:]):
            found.append((part[:, 0], part[:, 1]))
    return found


def normal_cdf(x):
    return 0.5 * np.vectorize(math.erfc)(-x / math.sqrt(2))


def mean_of_bursts(mean, spread, longest):
    z = np.linspace(-8, 8, 4_001)
    weight = np.exp(-z * z / 2)
    count = np.clip(np.ceil(np.exp(mean + spread * z)), 1, longest)
    return (weight * count).sum() / weight.sum()


def fit_burst_sizes(counts):
    """Median and spread of X where a burst has ceil(exp(X)) jobs: the likeliest on a grid among
    those whose mean is the sample's to five per cent, for the mean carries the load."""
    values, times = np.unique(counts, return_counts=True)
    best = None
    for mean in np.arange(-4.0, 3.01, 0.05):
        for spread in np.arange(0.2, 3.01, 0.05):
            if abs(mean_of_bursts(mean, spread, counts.max()) / counts.mean() - 1) > 0.05:
                continue
            upper = normal_cdf((np.log(values) - mean) / spread)
            below = np.where(values > 1, np.log(np.maximum(values - 1, 1)), -np.inf)
            lower = np.where(values > 1, normal_cdf((below - mean) / spread), 0.0)
            likelihood = (times * np.log(np.maximum(upper - lower, 1e-12))).sum()
            if best is None or likelihood > best[0]:
                best = (likelihood, mean, spread)
    return math.exp(best[1]), best[2]


def fit_mixture(x, parts, rounds=400):
    """Normal mixture by expectation and maximisation, from evenly spaced quantiles."""
    means = np.quantile(x, (np.arange(parts) + 0.5) / parts)
    spreads = np.full(parts, x.std() / parts + 0.05)
    weights = np.full(parts, 1 / parts)
    for _ in range(rounds):
        log = (
            np.log(weights)
            - np.log(spreads)
            - 0.5 * ((x[:, None] - means) / spreads) ** 2
        )
        top = log.max(axis=1, keepdims=True)
        share = np.exp(log - top)
        total = share.sum(axis=1, keepdims=True)
        share /= total
        weight = share.sum(axis=0)
        weights = weight / len(x)
        means = (share * x[:, None]).sum(axis=0) / weight
        spreads = np.sqrt((share * (x[:, None] - means) ** 2).sum(axis=0) / weight)
        spreads = np.maximum(spreads, 0.1)
    likelihood = (top[:, 0] + np.log(total[:, 0])).sum() - len(x) * 0.5 * math.log(2 * math.pi)
    information = -2 * likelihood + (3 * parts - 1) * math.log(len(x))
    return information, weights, means, spreads


def best_mixture(x):
    most = 1 if len(x) < 50 else 2 if len(x) < 1_500 else 3
    return min((fit_mixture(x, parts) for parts in range(1, most + 1)), key=lambda fit: fit[0])


def share_alike(bursts, everything, random):
    """The share of jobs that repeat their burst's length, from pairs inside bursts and at random."""
    inside = [
        abs(math.log(lengths[0]) - math.log(other)) < ALIKE
        for _, lengths in bursts
        for other in lengths[1:]
    ]
    if len(inside) < 20:
        return 0.0, 0.1
    a, b = random.choice(everything, 20_000), random.choice(everything, 20_000)
    by_chance = (np.abs(np.log(a) - np.log(b)) < ALIKE).mean()
    share = (np.mean(inside) - by_chance) / (1 - by_chance)
    near = [
        abs(math.log(lengths[0]) - math.log(other))
        for _, lengths in bursts
        for other in lengths[1:]
    ]
    near = [d for d in near if d < ALIKE]
    return max(share, 0.0), max(float(np.sqrt(np.mean(np.square(near)) / 2)), 0.01)


def smoothed(hours, harmonics=2):
    """The first harmonics of a day, in thousandths of its mean."""
    spectrum = np.fft.rfft(hours / hours.mean())
    spectrum[harmonics + 1 :] = 0
    return rounded(np.fft.irfft(spectrum, len(hours)))


def rounded(profile):
    """Whole thousandths that add up to a mean of exactly 1,000."""
    parts = np.floor(profile / profile.mean() * 1_000).astype(int)
    for place in np.argsort(parts - profile / profile.mean() * 1_000)[: 1_000 * len(parts) - parts.sum()]:
        parts[place] += 1
    return parts


def activity(starts, hours, weekdays):
    """Spread and time constant of what the profiles leave, from the counts of bursts by hour."""
    begin, length = FIRST_DAY * DAY, (LAST_DAY - FIRST_DAY) * 24
    counts = np.bincount((starts - begin) // HOUR, minlength=length).astype(float)
    hour = np.arange(length)
    weekday = (FIRST_DAY + DAY_ZERO_WEEKDAY + hour // 24) % 7
    expected = hours[hour % 24] / 1_000 * weekdays[weekday] / 1_000
    expected *= counts.sum() / expected.sum()
    rest = counts / expected - 1
    variance = max(rest.var() - (1 / expected).mean(), 0.0)
    # Counts of one hour share bursts that spill over its edge, so the first lag is left out.
    lags = np.arange(2, 25)
    covariance = np.array([(rest[:-lag] * rest[lag:]).mean() for lag in lags])
    best = min(
        (
            (((s * np.exp(-lags / tau)) - covariance) ** 2).sum(),
            s,
            tau,
        )
        for tau in np.arange(2, 49, 1.0)
        for s in np.arange(0.0, max(variance, 0.01) + 1e-9, 0.002)
    )
    return math.sqrt(math.log(1 + best[1])), best[2]


def main(directory):
    random = np.random.default_rng(1)
    clusters = [read(Path(directory) / f"cluster{name}.csv.gz") for name in CLUSTERS]
    by_size = {size: bursts_of(clusters, size) for size in SIZES}
    total = sum(len(found) for found in by_size.values())
    starts = np.concatenate([[times[0] for times, _ in found] for found in by_size.values()])

    hours = smoothed(np.bincount(starts // HOUR % 24, minlength=24).astype(float))
    days = np.arange(FIRST_DAY, LAST_DAY)
    weekdays = np.bincount((starts // DAY + DAY_ZERO_WEEKDAY) % 7, minlength=7) / np.bincount(
        (days + DAY_ZERO_WEEKDAY) % 7, minlength=7
    )
    weekdays = rounded(weekdays)
    spread, constant = activity(starts, hours, weekdays)

    print("# Fitted by bench/fit/fit_jobs.py to Microsoft ITP, clusters 02 03 04 05 08, days 7 to 53;")
    print("# see docs/demand.md. Thousandths of the mean, from midnight of UTC and from Monday.")
    print(f"hours = {list(map(int, hours))}")
    print(f"weekdays = {list(map(int, weekdays))}")
    print(f'activity_spread = "{spread:.3f}"')
    print(f'activity_hours = "{constant:.0f}"')
    print(f"shortest_seconds = {SHORTEST}")
    print(f"longest_seconds = {LONGEST}")
    for size, found in by_size.items():
        lengths = np.concatenate([lengths for _, lengths in found])
        counts = np.array([len(times) for times, _ in found])
        gaps = np.concatenate([np.diff(times) for times, _ in found])
        median, burst_spread = fit_burst_sizes(counts)
        _, weights, means, spreads = best_mixture(np.log(lengths))
        alike, jitter = share_alike(found, lengths, random)
        print(f"\n[[classes]]\nunits = {size}")
        print(f"bursts = {round(len(found) / total * 1_000)}")
        print(f'burst_median = "{median:.3f}"')
        print(f'burst_spread = "{burst_spread:.2f}"')
        print(f"burst_longest = {counts.max()}")
        print(f"gap_seconds = {max(round(gaps.mean()), 1) if len(gaps) else 1}")
        print(f'alike = "{alike:.2f}"')
        print(f'alike_spread = "{jitter:.3f}"')
        print("durations = [")
        for part in np.argsort(-weights):
            print(
                f'  {{ weight = {round(weights[part] * 1_000)}, '
                f"median_seconds = {round(math.exp(means[part]))}, "
                f'spread = "{spreads[part]:.2f}" }},'
            )
        print("]")


if __name__ == "__main__":
    main(sys.argv[1])
