"""What is measured: how each gateway is started, on which port it listens, which key it wants.

All stand before the same engine and do what they can by themselves with one core. Only Leasehold
knows tenants, reserves, meters and writes records; nginx and HAProxy pass on what they are sent.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGINE_PORT = 9100
# Of other ports of the same engine, for tables of many replicas.
REPLICAS_PORT = 20_000
KEY = "lh-bench-key"


@dataclass
class Target:
    name: str
    port: int
    command: list = field(default_factory=list)
    key: str = ""
    environment: dict = field(default_factory=dict)
    # Seconds until it must answer.
    patience: int = 20


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def engine(binaries, pace_us=0, replicas=0):
    command = [str(binaries / "engine"), "--port", str(ENGINE_PORT), "--pace-us", str(pace_us)]
    if replicas:
        command[2] = str(REPLICAS_PORT)
        command += ["--replicas", str(replicas)]
    return command


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def table(keys, replicas):
    """An admission table of that many keys (a lease for each hundred) and replicas."""
    leases = [f"lease-{number}" for number in range(max(1, keys // 100))]
    lease = {
        "requests": 1_000_000,
        "waiting": 1_000,
        "wait_ms": 10_000,
        "tokens_per_minute": 1_000_000_000_000,
        "models": ["m"],
    }
    key_of = lambda number: KEY if number == 0 else f"{KEY}-{number}"
    first = ENGINE_PORT if replicas == 1 else REPLICAS_PORT
    return {
        "format": 1,
        "version": 1,
        "leases": [{"lease": name, "tenant": f"t-{name}", **lease} for name in leases],
        "keys": [
            {
                "sha256": digest(key_of(number)),
                "prefix": key_of(number)[:11],
                "lease": leases[number % len(leases)],
            }
            for number in range(keys)
        ],
        "models": [
            {
                "model": "m",
                "replicas": [
                    {
                        "replica": f"r-{number}",
                        "url": f"http://127.0.0.1:{first + number}",
                        "slots": 1_000_000,
                    }
                    for number in range(replicas)
                ],
            }
        ],
    }


def leasehold(work, binary, name="leasehold", port=9101, keys=10, replicas=1, more=""):
    """Everything is on: key, entitlement, routing, a durable record before the last byte."""
    place = work / name
    shutil.rmtree(place, ignore_errors=True)
    write(place / "table.json", json.dumps(table(keys, replicas)))
    config = f"""
table = "table.json"
state = "state"
threads = 1
{more}
[[listen]]
address = "127.0.0.1:{port}"
"""
    path = write(place / "gateway.toml", config)
    return Target(name, port, [str(binary), "gateway", "--config", path], KEY)


def nginx(work, port=9102):
    place = work / "nginx"
    paths = "\n".join(
        f"  {kind}_temp_path {place}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = f"""
worker_processes 1;
daemon off;
pid {place}/pid;
error_log {place}/log warn;
worker_rlimit_nofile 65536;
events {{ worker_connections 16384; }}
http {{
  access_log off;
{paths}
  keepalive_requests 100000000;
  upstream engine {{
    server 127.0.0.1:{ENGINE_PORT};
    keepalive 1024;
    keepalive_requests 100000000;
  }}
  server {{
    listen 127.0.0.1:{port} backlog=8192;
    location / {{
      proxy_pass http://engine;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 300s;
    }}
  }}
}}
"""
    return Target("nginx", port, ["nginx", "-c", write(place / "nginx.conf", config)])


def haproxy(work, port=9103):
    config = f"""
global
  maxconn 8000
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  option http-no-delay
  http-reuse always
frontend clients
  bind 127.0.0.1:{port}
  default_backend engine
backend engine
  server one 127.0.0.1:{ENGINE_PORT}
"""
    path = write(work / "haproxy" / "haproxy.cfg", config)
    return Target("haproxy", port, ["haproxy", "-db", "-f", path])


def envoy(work, port=9104):
    address = lambda number: {"socket_address": {"address": "127.0.0.1", "port_value": number}}
    kind = "type.googleapis.com/envoy.extensions.filters."
    manager = {
        "@type": kind + "network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "clients",
        "codec_type": "HTTP1",
        "stream_idle_timeout": "300s",
        "route_config": {
            "virtual_hosts": [
                {
                    "name": "all",
                    "domains": ["*"],
                    "routes": [
                        {
                            "match": {"prefix": "/"},
                            "route": {"cluster": "engine", "timeout": "0s"},
                        }
                    ],
                }
            ]
        },
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": kind + "http.router.v3.Router"},
            }
        ],
    }
    most = {"max_connections": 20_000, "max_pending_requests": 20_000, "max_requests": 20_000}
    config = {
        "static_resources": {
            "listeners": [
                {
                    "name": "clients",
                    "address": address(port),
                    "filter_chains": [
                        {
                            "filters": [
                                {
                                    "name": "envoy.filters.network.http_connection_manager",
                                    "typed_config": manager,
                                }
                            ]
                        }
                    ],
                }
            ],
            "clusters": [
                {
                    "name": "engine",
                    "type": "STATIC",
                    "connect_timeout": "5s",
                    "circuit_breakers": {"thresholds": [most]},
                    "load_assignment": {
                        "cluster_name": "engine",
                        "endpoints": [
                            {"lb_endpoints": [{"endpoint": {"address": address(ENGINE_PORT)}}]}
                        ],
                    },
                }
            ],
        }
    }
    path = write(work / "envoy" / "envoy.json", json.dumps(config))
    binary = work / "envoy" / "venv" / "bin" / "envoy"
    command = [str(binary), "-c", path, "--concurrency", "1", "--log-level", "error"]
    return Target("envoy", port, command + ["--disable-hot-restart"], patience=30)


def litellm(work, port=9105):
    config = f"""
model_list:
  - model_name: m
    litellm_params:
      model: openai/m
      api_base: http://127.0.0.1:{ENGINE_PORT}/v1
      api_key: none
litellm_settings:
  num_retries: 0
  request_timeout: 300
  telemetry: false
general_settings:
  master_key: sk-bench
"""
    path = write(work / "litellm" / "config.yaml", config)
    binary = work / "litellm" / "venv" / "bin" / "litellm"
    command = [str(binary), "--config", path, "--host", "127.0.0.1", "--port", str(port)]
    environment = {
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MODE": "PRODUCTION",
        "NO_PROXY": "*",
    }
    command += ["--num_workers", "1"]
    return Target("litellm", port, command, "sk-bench", environment, patience=120)


def direct():
    return Target("direct", ENGINE_PORT)


def limits():
    """Sockets are files: as many as the system lets us have."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def environment(target):
    return {**os.environ, **target.environment}
