"""Measures the durable books beside DuckDB and PostgreSQL, in one run.

    python3 bench/books/run.py [--scale 1.0] [--out results.json] [--only NAME …]

Needs: cargo; Linux with taskset; Python 3.11 with duckdb (1.4) for its rows; PostgreSQL 15 in
/usr/lib/postgresql/15/bin for its rows. It runs as a user that is not root, in a directory of its
own, on a Unix socket; as root the script takes the user `postgres`. What is missing is said and its
rows are left out. Data are made by seed; sums are compared with Python's integers before a speed is
quoted. --scale makes everything smaller.
"""

import argparse
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "target/release/examples/bench"
POSTGRES = Path("/usr/lib/postgresql/15/bin")
MASK = (1 << 64) - 1
JANUARY, JANUARY_S, LEASES = 1_798_761_600, 31 * 86_400, 1_000


class Draw:
    """SplitMix64, as crates/store/examples/bench/data.rs."""

    def __init__(self, seed):
        self.state = seed & MASK

    def below(self, most):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % most


def first(n):
    """The n-th record, as crates/store/examples/bench/usage.rs."""
    draw = Draw(n * 0x5851F42D4C957F2D)
    span = 1 + draw.below(120)
    begins = JANUARY + draw.below(JANUARY_S - 200)
    lease = draw.below(LEASES)
    time_used = draw.below(8) * span + 1
    tokens = [draw.below(8_000), draw.below(30_000), draw.below(2_000)]
    late = 9 * 86_400 if n % 50 == 7 else 0
    return (f"req-{n:016x}", lease, begins, span, time_used, *tokens, begins + span + late)


def sent(n):
    if n % 100 in (20, 40, 60, 80, 99):
        return first(n - 17)
    if n % 100 == 50:
        other = first(n - 31)
        return (*other[:4], other[4] + 1, *other[5:])
    return first(n)


def oracle(records):
    """Each key once, the first content of it; sums by Python's integers."""
    seen, sums, one = {}, [0] * 4, [0] * 4
    tally = {"New": 0, "Late": 0, "Duplicate": 0, "Conflict": 0}
    for n in range(records):
        record = sent(n)
        content = record[1:8]
        known = seen.setdefault(record[0], content)
        if known is not content:
            tally["Duplicate" if known == content else "Conflict"] += 1
            continue
        # The books were closed through 2 January before anything came.
        tally["Late" if record[2] < JANUARY + 2 * 86_400 else "New"] += 1
        for i, count in enumerate(record[4:8]):
            sums[i] += count
            one[i] += count if record[1] == 7 else 0
    return tally, sums, one


def ours(*arguments, core=True, limit=None):
    command = (["taskset", "-c", "0"] if core else []) + [str(BENCH), *map(str, arguments)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    if said.returncode:
        sys.exit(f"{' '.join(command)}: {said.stdout}{said.stderr}")
    return {row["what"]: row for row in map(json.loads, said.stdout.splitlines())}


def as_user():
    if os.getuid() != 0:
        return None
    return pwd.getpwnam("postgres")


class Postgres:
    """A server of its own, durable as it is by default, pinned to one core."""

    def __enter__(self):
        self.dir = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        user = as_user()
        self.demote = None
        if user:
            os.chown(self.dir, user.pw_uid, user.pw_gid)
            self.demote = {"user": user.pw_uid, "group": user.pw_gid}
        self.call(POSTGRES / "initdb", "-D", self.dir / "data", "-A", "trust", "-U", "bench")
        options = f"-c listen_addresses= -c unix_socket_directories={self.dir} -c shared_buffers=1GB -c max_wal_size=4GB"
        self.call("taskset", "-c", "0", POSTGRES / "pg_ctl", "-w", "-D", self.dir / "data", "-o", options, "-l", self.dir / "log", "start")
        return self

    def __exit__(self, *_):
        self.call(POSTGRES / "pg_ctl", "-D", self.dir / "data", "-m", "fast", "stop")
        shutil.rmtree(self.dir)

    def call(self, *command, **how):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=self.dir, **(self.demote or {}), **how)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def sql(self, text):
        """Runs statements from a pipe; gives what they print and the seconds that they took."""
        begun = time.monotonic()
        out = self.call(POSTGRES / "psql", "-h", self.dir, "-U", "bench", "-d", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1", "-f", "-", input=text)
        return out, time.monotonic() - begun


def postings(scale, work):
    entries = int(4_000_000 * scale)
    rows = {}
    for kind in ("uniform", "hot"):
        rows[f"ours, {kind}"] = ours("postings", work / kind, entries, kind)["postings"]["entries_a_second"]
        reopened = ours("postings-open", work / kind)["postings-open"]
        assert reopened["entries"] == entries, "every entry is there after a restart"
        rows[f"ours, {kind}, opened again, s"] = reopened["seconds"]
    rows["hot over uniform"] = round(rows["ours, hot"] / rows["ours, uniform"], 3)
    if POSTGRES.exists():
        with Postgres() as server:
            rows |= postgres_postings(server, scale)
        for kind in ("row", "set"):
            rows[f"ours over PostgreSQL, {kind}"] = round(rows["ours, uniform"] / rows[f"PostgreSQL, {kind}"], 1)
    return rows


def postgres_postings(server, scale):
    batch = 8_190
    server.sql(
        "create table account(id int primary key, debits numeric not null, credits numeric not null);"
        "insert into account select n, 0, 0 from generate_series(0, 9999) n;"
        "create table entry(id bigint primary key, day date, debit int, credit int, amount bigint, note text);"
        "create table incoming(like entry);"
    )
    draw = Draw(1)
    row = lambda n: (n, draw.below(10_000), draw.below(10_000), draw.below(1_000_000) + 1)
    count = max(1, int(3 * scale))
    text = []
    for b in range(count):
        text.append("begin;")
        for n in range(b * batch, (b + 1) * batch):
            i, debit, credit, amount = row(n)
            text.append(
                f"with new as (insert into entry values ({i},'2027-02-01',{debit},{credit},{amount},'invoice') on conflict do nothing returning *)"
                ", d as (update account a set debits=debits+new.amount from new where a.id=new.debit)"
                f" update account a set credits=credits+{amount} from new where a.id=new.credit;"
            )
        text.append("commit;")
    _, row_seconds = server.sql("\n".join(text))
    row_rate = count * batch / row_seconds
    count, text = max(2, int(24 * scale)), []
    for b in range(count):
        lines = [row(1_000_000 + n) for n in range(b * batch, (b + 1) * batch)]
        text.append("begin; truncate incoming; copy incoming from stdin;")
        text += [f"{i}\t2027-02-01\t{d}\t{c}\t{a}\tinvoice" for i, d, c, a in lines]
        text.append("\\.")
        text.append(
            "with new as (insert into entry select * from incoming on conflict do nothing returning debit, credit, amount),"
            " moved as (select id, sum(d) d, sum(c) c from (select debit id, amount d, 0 c from new union all select credit, 0, amount from new) x group by id)"
            " update account a set debits=debits+m.d, credits=credits+m.c from moved m where a.id=m.id; commit;"
        )
    _, set_seconds = server.sql("\n".join(text))
    return {"PostgreSQL, row": round(row_rate), "PostgreSQL, set": round(count * batch / set_seconds)}


def usage(scale, work):
    records = int(10_000_000 * scale)
    said = ours("usage", work / "usage", records)
    rows = {"records": records, "ours": said["usage"]["records_a_second"], "ours, memory MB": said["usage"]["memory_bytes"] >> 20}
    checked = min(records, 1_000_000)
    tally, sums, one = oracle(checked)
    small = ours("usage", work / "checked", checked)
    found = {name: small["usage"]["tally"].get(name, 0) for name in tally}
    assert found == tally, f"{found} is not {tally}"
    assert small["usage-totals"]["all"] == sums and small["usage-totals"]["lease_7"] == one
    again = ours("usage-open", work / "checked")
    assert again["usage-totals"] == small["usage-totals"], "the sums are the same after a restart"
    rows["checked with integers"] = checked
    path = work / "usage.csv"
    peers = min(records, 2_000_000)
    with open(path, "w") as out:
        out.writelines(",".join(map(str, (n, *sent(n)))) + "\n" for n in range(peers))
    truth = oracle(peers)[1] if peers != checked else sums
    rows |= duck(path, peers, truth, work) | postgres_usage(path, peers, truth)
    for peer in ("DuckDB", "PostgreSQL"):
        if peer in rows:
            rows[f"ours over {peer}"] = round(rows["ours"] / rows[peer], 1)
    return rows


COLUMNS = "n bigint, id varchar, lease int, begins bigint, span int, used bigint, input bigint, cached bigint, output bigint, learnt bigint"
BATCH = 65_536


def duck(path, records, truth, work):
    try:
        import duckdb
    except ImportError:
        print("duckdb is not there: its row is left out", file=sys.stderr)
        return {}
    os.sched_setaffinity(0, {0})
    base = duckdb.connect(str(work / "usage.duckdb"), config={"threads": 1})
    base.execute(f"create table usage({COLUMNS}, source varchar, primary key(source, id)); create table staged({COLUMNS})")
    base.execute(f"copy staged from '{path}'")
    begun = time.monotonic()
    for at in range(0, records, BATCH):
        base.execute(f"insert into usage select *, 'gateway-1' from staged where n >= {at} and n < {at + BATCH} order by n on conflict do nothing")
        base.execute("checkpoint") if at % (8 * BATCH) == 0 else None
    base.execute("checkpoint")
    seconds = time.monotonic() - begun
    found = list(base.execute("select sum(used), sum(input), sum(cached), sum(output) from usage").fetchone())
    os.sched_setaffinity(0, range(os.cpu_count()))
    assert list(map(int, found)) == truth, f"DuckDB says {found}, which is not {truth}"
    return {"DuckDB": round(records / seconds)}


def postgres_usage(path, records, truth):
    if not POSTGRES.exists():
        return {}
    with Postgres() as server:
        server.sql(f"create table usage({COLUMNS}, source varchar, primary key(source, id)); create table staged({COLUMNS}); create index on staged(n);")
        os.chmod(path.parent, 0o755)
        server.sql(f"\\copy staged from '{path}' csv\nanalyze staged;")
        text = [
            f"insert into usage select *, 'gateway-1' from staged where n >= {at} and n < {at + BATCH} order by n on conflict do nothing;"
            for at in range(0, records, BATCH)
        ]
        _, seconds = server.sql("\n".join(text))
        found, _ = server.sql("select sum(used), sum(input), sum(cached), sum(output) from usage")
        assert list(map(int, found.strip().split("|"))) == truth, f"PostgreSQL says {found}"
        return {"PostgreSQL": round(records / seconds)}


def same(one, other):
    return subprocess.run(["diff", "-rq", one, other]).returncode == 0


def month(scale, work):
    records = int(10_000_000 * scale)
    ours("close-make", work / "month", LEASES, records, core=False)
    closed = ours("close", work / "month", "2027-02-01", 1)["close"]
    late = ours("late", work / "month")["late"]
    return {"leases": LEASES, "records": records, "close, one core, s": closed["seconds"], "CPU s": closed["cpu_seconds"], "late record": late}


def many(scale, work):
    leases = int(100_000 * scale)
    ours("close-make", work / "one", leases, "hours", core=False)
    for other in ("two", "killed"):
        shutil.copytree(work / "one", work / other)
    rows = {"leases": leases, "hourly rows": leases * 720}
    for name, threads in (("one", 1), ("two", 2)):
        closed = ours("close", work / name, "2027-02-01", threads, core=threads == 1)["close"]
        rows |= {f"{threads} threads, s": closed["seconds"], f"{threads} threads, CPU s": closed["cpu_seconds"], f"{threads} threads, peak MB": closed["peak_bytes"] >> 20}
        rows["opening, s"] = closed["open_seconds"]
    rows["bytes are the same"] = same(work / "one", work / "two")
    child = subprocess.Popen([BENCH, "close", work / "killed", "2027-02-01", "2"], stdout=subprocess.DEVNULL)
    time.sleep(rows["opening, s"] + rows["2 threads, s"] / 2)
    child.kill()
    child.wait()
    rows["leases left after a kill"] = ours("close", work / "killed", "2027-02-01", 2, core=False)["close"]["leases"]
    rows["bytes are the same after a kill"] = same(work / "one", work / "killed")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only", nargs="*", choices=["postings", "usage", "month", "many"])
    arguments = parser.parse_args()
    subprocess.run(["cargo", "build", "--release", "-p", "leasehold-store", "--example", "bench"], cwd=ROOT, check=True)
    results = {"load before": os.getloadavg()[0]}
    for measure in (postings, usage, month, many):
        if arguments.only and measure.__name__ not in arguments.only:
            continue
        with tempfile.TemporaryDirectory(prefix="books-", dir="/tmp") as work:
            results[measure.__name__] = measure(arguments.scale, Path(work))
        print(json.dumps({measure.__name__: results[measure.__name__]}, indent=1), flush=True)
    if arguments.out:
        arguments.out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
