"""Sets generated demand beside the traces it was fitted to, as Markdown tables for docs/demand.md.

    python compare.py TRACES GENERATED...

TRACES is the directory of the traces; each GENERATED one that `leasehold generate` wrote from
compare.toml with a seed of its own. Needs numpy.
"""

import csv
import sys
from datetime import datetime
from pathlib import Path

import numpy as np

from fit_jobs import BURST_GAP, CLUSTERS, DAY, FIRST_DAY, HOUR, LAST_DAY, SIZES, bursts_of, read
from fit_requests import WINDOW, azure_coding, servegen

STEP = 600


def second(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def generated_jobs(path):
    with open(path) as file:
        rows = [
            (second(r["submitted"]), int(r["duration"]), int(r["units"]))
            for r in csv.DictReader(file)
        ]
    rows = np.array(rows)
    # The first instant holds what was carried in: part of demand, no submissions.
    return rows, rows[rows[:, 0] > rows[0, 0]]


def demand(jobs, start, days):
    """Mean demand of each hour."""
    steps = days * DAY // STEP
    change = np.zeros(steps + 1)
    begin = np.clip((jobs[:, 0] - start) // STEP, 0, steps)
    end = np.clip((jobs[:, 0] + jobs[:, 1] - start) // STEP, 0, steps)
    np.add.at(change, begin, jobs[:, 2])
    np.add.at(change, end, -jobs[:, 2])
    return np.cumsum(change)[:steps].reshape(-1, HOUR // STEP).mean(axis=1)


def correlation(series, lag):
    return np.corrcoef(series[:-lag], series[lag:])[0, 1]


def distance(a, b):
    """The Kolmogorov-Smirnov distance of two samples."""
    a, b = np.sort(a), np.sort(b)
    points = np.r_[a, b]
    share = lambda sample: np.searchsorted(sample, points, side="right") / len(sample)
    return np.abs(share(a) - share(b)).max()


def table(head, rows):
    print("\n| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def spread(values, form):
    """The middle and the range of what the generated ones give."""
    return f"{np.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def jobs_by_size(real, drawn):
    rows = []
    for size in SIZES:
        mine = real[real[:, 2] == size]
        others = [jobs[jobs[:, 2] == size] for jobs in drawn]
        work = lambda some: (some[:, 1] * some[:, 2]).sum()
        quantiles = lambda some: " / ".join(
            f"{q / 3_600:.1f}" for q in np.quantile(some[:, 1], [0.1, 0.5, 0.9, 0.99])
        )
        rows.append(
            [
                size,
                f"{len(mine) / len(real):.1%}",
                spread([len(o) / len(d) for o, d in zip(others, drawn)], ".1%"),
                f"{work(mine) / work(real):.1%}",
                spread([work(o) / work(d) for o, d in zip(others, drawn)], ".1%"),
                quantiles(mine),
                quantiles(np.concatenate(others)),
                f"{distance(mine[:, 1], np.concatenate(others)[:, 1]):.3f}",
            ]
        )
    table(
        ["units", "jobs, real", "drawn", "work, real", "drawn", "hours p10 / p50 / p90 / p99, real", "drawn", "KS"],
        rows,
    )


def bursts_by_size(real, drawn):
    rows = []
    for size in SIZES:
        mine = np.array([len(times) for times, _ in bursts_of([real], size)])
        others = np.concatenate(
            [[len(times) for times, _ in bursts_of([jobs], size)] for jobs in drawn]
        )
        quantiles = lambda some: " / ".join(
            f"{q:.0f}" for q in np.quantile(some, [0.5, 0.9, 0.99, 1])
        )
        rows.append(
            [size, f"{mine.mean():.1f}", f"{others.mean():.1f}", quantiles(mine), quantiles(others)]
        )
    table(["units", "mean, real", "drawn", "p50 / p90 / p99 / most, real", "drawn"], rows)


def over_time(real, drawn, real_demand, drawn_demand):
    submissions = lambda jobs, start: np.bincount(
        ((jobs[:, 0] - start) // HOUR).astype(int), minlength=(LAST_DAY - FIRST_DAY) * 24
    )
    arrivals = submissions(real, FIRST_DAY * DAY)
    others = [submissions(jobs, jobs[0, 0] // DAY * DAY) for jobs in drawn]
    measures = [
        ("mean demand", ".0f", lambda d: d.mean()),
        ("peak hour over mean", ".2f", lambda d: d.max() / d.mean()),
        ("p95 of hours over mean", ".2f", lambda d: np.quantile(d, 0.95) / d.mean()),
        ("p5 of hours over mean", ".2f", lambda d: np.quantile(d, 0.05) / d.mean()),
        ("standard deviation over mean", ".2f", lambda d: d.std() / d.mean()),
    ] + [
        (f"autocorrelation at {lag} h", ".2f", lambda d, lag=lag: correlation(d, lag))
        for lag in (1, 6, 24, 72, 168)
    ]
    rows = [
        [name, f"{measure(real_demand):{form}}", spread([measure(d) for d in drawn_demand], form)]
        for name, form, measure in measures
    ]
    for name, form, measure in [
        ("submissions an hour", ".1f", lambda a: a.mean()),
        ("their variance over their mean", ".0f", lambda a: a.var() / a.mean()),
        ("most in an hour", ".0f", lambda a: a.max()),
        ("hours without any", ".0%", lambda a: (a == 0).mean()),
    ]:
        rows.append([name, f"{measure(arrivals):{form}}", spread([measure(a) for a in others], form)])
    table(["", "real", "drawn"], rows)


def hourly(series):
    """A week of counts by the hour, whatever their step."""
    edges = np.linspace(0, len(series), 7 * 24 + 1)
    total = np.interp(edges, np.arange(len(series) + 1), np.r_[0, np.cumsum(series)])
    return np.diff(total) / np.diff(edges)


def requests_over_time(name, real, drawn):
    """Measures on a week of counts."""
    measures = [
        ("peak over mean", ".2f", lambda s: s.max() / s.mean()),
        ("p95 over mean", ".2f", lambda s: np.quantile(s, 0.95) / s.mean()),
        ("p5 over mean", ".2f", lambda s: np.quantile(s, 0.05) / s.mean()),
        ("standard deviation over mean", ".2f", lambda s: s.std() / s.mean()),
        ("hour to hour, spread of the logarithm", ".3f", lambda s: np.diff(np.log(hourly(s))).std()),
    ] + [
        (f"autocorrelation at {lag} h", ".2f", lambda s, lag=lag: correlation(hourly(s), lag))
        for lag in (1, 6, 12, 24)
    ]
    rows = [
        [what, f"{measure(real):{form}}", spread([measure(s) for s in drawn], form)]
        for what, form, measure in measures
    ]
    normalised = np.concatenate([s / s.mean() for s in drawn])
    rows.append(["KS of windows over their mean", "", f"{distance(real / real.mean(), normalised):.3f}"])
    print(f"\n{name}")
    table(["", "real", "drawn"], rows)


def weeks_of(path):
    with open(path) as file:
        counts = np.array([int(row["requests"]) for row in csv.DictReader(file)], dtype=float)
    week = 7 * DAY // WINDOW
    return [counts[i : i + week] for i in range(0, len(counts) // week * week, week)]


def main(traces, directories):
    itp = traces / "train-elasticflow-itp"
    clusters = [read(itp / f"cluster{name}.csv.gz") for name in CLUSTERS]
    real = np.concatenate(clusters)
    real = real[real[:, 0].argsort(kind="stable")]
    # Demand counts what was submitted before the window and still ran, as carrying in does.
    whole = np.concatenate([read(itp / f"cluster{n}.csv.gz", 0, 60) for n in CLUSTERS])
    days = LAST_DAY - FIRST_DAY
    real_demand = demand(whole, FIRST_DAY * DAY, days)
    drawn, drawn_demand = [], []
    for directory in directories:
        everything, submitted = generated_jobs(directory / "jobs.csv")
        drawn.append(submitted)
        drawn_demand.append(demand(everything, everything[0, 0], days))
    jobs_by_size(real, drawn)
    bursts_by_size(real, drawn)
    over_time(real, drawn, real_demand, drawn_demand)

    chat = servegen(traces / "infer-servegen/m-small_week1_clients.csv.gz")
    weeks = sum((weeks_of(d / "requests-chat.csv") for d in directories), [])
    requests_over_time("`chat` beside ServeGen m-small", chat, weeks)
    large = servegen(traces / "infer-servegen/m-large_week1_clients.csv.gz")
    requests_over_time("`chat` beside ServeGen m-large, to which it was not fitted", large, weeks)
    coding = azure_coding(
        traces / "infer-azure-llm-2024-digitised/azure2024_coding_req_per_min.csv.gz"
    )
    # The trace begins on a Friday, what is drawn on a Monday.
    coding = np.maximum(coding[coding[:, 0].argsort(), 1], 1)
    weeks = sum((weeks_of(d / "requests-coding.csv") for d in directories), [])
    requests_over_time("`coding` beside Azure 2024 coding", coding, weeks)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
