//! The page that Prometheus reads.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::{OTHER, REASONS, SERIES_MAX, Series};
use crate::admission::Standing;
use crate::meter::Told;
use crate::meter::wal::{Log, State};
use crate::serve::Gateway;

/// Everything that `gateway` counted, and how it and the log of its meter stand.
pub fn page(gateway: &Gateway, log: &Log<Told>) -> String {
    let mut out = String::new();
    requests(gateway, &mut out);
    leases(gateway, &mut out);
    replicas(gateway, &mut out);
    meter(log, &mut out);
    for (name, help, value) in [
        ("ready", "1 while it takes requests.", u64::from(gateway.is_ready())),
        ("table_version", "The admission table in use.", gateway.version()),
        ("streams", "Streamed answers under way.", gateway.streams() as u64),
    ] {
        head(&mut out, name, "gauge", help);
        let _ = writeln!(out, "leasehold_gateway_{name} {value}");
    }
    out
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP leasehold_gateway_{name} {help}");
    let _ = writeln!(out, "# TYPE leasehold_gateway_{name} {kind}");
}

/// A value of a label, as it is written between quotes.
fn quoted(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn requests(gateway: &Gateway, out: &mut String) {
    let all: Vec<(String, Arc<Series>)> = gateway
        .metrics
        .all()
        .into_iter()
        .map(|(tenant, model, series)| {
            let labels = format!("tenant=\"{}\",model=\"{}\"", quoted(&tenant), quoted(&model));
            (labels, series)
        })
        .collect();
    head(out, "requests_total", "counter", "Admitted requests by how they ended.");
    for (labels, series) in &all {
        for (outcome, count) in series.outcomes().filter(|(_, count)| *count > 0) {
            let name = "leasehold_gateway_requests_total";
            let _ = writeln!(out, "{name}{{{labels},outcome=\"{outcome}\"}} {count}");
        }
    }
    head(out, "tokens_total", "counter", "Tokens by their kind, as engines count them.");
    for (labels, series) in &all {
        for (kind, count) in series.tokens() {
            let name = "leasehold_gateway_tokens_total";
            let _ = writeln!(out, "{name}{{{labels},kind=\"{kind}\"}} {count}");
        }
    }
    type Pick = fn(&Series) -> &super::Histogram;
    let times: [(&str, &str, Pick); 3] = [
        ("queue_seconds", "From a request to its replica.", |s| &s.queued),
        ("time_to_first_token_seconds", "From a request to its first byte.", |s| &s.first_token),
        ("time_per_output_token_seconds", "From a token to the next.", |s| &s.each_token),
    ];
    for (name, help, pick) in times {
        head(out, name, "histogram", help);
        for (labels, series) in &all {
            pick(series).write(&format!("leasehold_gateway_{name}"), labels, out);
        }
    }
    head(
        out,
        "refused_total",
        "counter",
        "Requests that the gateway itself answered with an error.",
    );
    for (reason, count) in REASONS.iter().zip(&gateway.metrics.refused) {
        let count = count.load(Relaxed);
        let _ = writeln!(out, "leasehold_gateway_refused_total{{reason=\"{reason}\"}} {count}");
    }
}

fn leases(gateway: &Gateway, out: &mut String) {
    let all = gateway.leases();
    type Pick = fn(&Standing) -> Option<u64>;
    let gauges: [(&str, &str, Pick); 5] = [
        ("lease_under_way", "Requests under way.", |s| Some(s.under_way.into())),
        ("lease_requests", "Requests that may be under way.", |s| Some(s.requests.into())),
        ("lease_waiting", "Requests that wait for a place.", |s| Some(s.waiting.into())),
        ("lease_tokens", "Tokens that may be reserved now.", |s| s.tokens),
        ("lease_tokens_per_minute", "Tokens that come a minute.", |s| s.tokens_per_minute),
    ];
    for (name, help, pick) in gauges {
        head(out, name, "gauge", help);
        for (lease, standing) in all.iter().take(SERIES_MAX) {
            if let Some(value) = pick(standing) {
                let lease = quoted(lease.as_str());
                let _ = writeln!(out, "leasehold_gateway_{name}{{lease=\"{lease}\"}} {value}");
            }
        }
        let beyond: Vec<u64> =
            all.iter().skip(SERIES_MAX).filter_map(|(_, standing)| pick(standing)).collect();
        if !beyond.is_empty() {
            let sum = beyond.iter().fold(0, |sum: u64, value| sum.saturating_add(*value));
            let _ = writeln!(out, "leasehold_gateway_{name}{{lease=\"{OTHER}\"}} {sum}");
        }
    }
}

fn replicas(gateway: &Gateway, out: &mut String) {
    let all = crate::admin::Replicas::of(gateway).replicas;
    head(out, "replica_under_way", "gauge", "Requests under way on a replica.");
    for one in all.iter().take(SERIES_MAX) {
        let labels = replica_labels(&one.model, &one.replica);
        let name = "leasehold_gateway_replica_under_way";
        let _ = writeln!(out, "{name}{{{labels}}} {}", one.under_way);
    }
    head(out, "replica_serving", "gauge", "1 where requests go to a replica.");
    for one in all.iter().take(SERIES_MAX) {
        let labels = replica_labels(&one.model, &one.replica);
        let serving = u8::from(one.state == "serving");
        let _ = writeln!(out, "leasehold_gateway_replica_serving{{{labels}}} {serving}");
    }
    head(out, "model_waiting", "gauge", "Requests that wait for a replica of a model.");
    for (model, waiting) in gateway.lines().into_iter().take(SERIES_MAX) {
        let model = quoted(&model);
        let _ = writeln!(out, "leasehold_gateway_model_waiting{{model=\"{model}\"}} {waiting}");
    }
}

fn replica_labels(model: &str, replica: &str) -> String {
    format!("model=\"{}\",replica=\"{}\"", quoted(model), quoted(replica))
}

fn meter(log: &Log<Told>, out: &mut String) {
    let found = log.found();
    for (name, kind, help, value) in [
        ("meter_records_total", "counter", "Records made durable.", found.records),
        ("meter_syncs_total", "counter", "Writes that made them so.", found.frames),
        ("meter_failures_total", "counter", "Writes that failed.", found.failures),
        ("meter_rooms", "gauge", "Records reserved or not yet durable.", found.rooms as u64),
        ("meter_disk_bytes", "gauge", "Bytes of the log.", found.disk_bytes),
        (
            "meter_refusing",
            "gauge",
            "1 while the log cannot be written.",
            u64::from(log.state() != State::Writing),
        ),
    ] {
        head(out, name, kind, help);
        let _ = writeln!(out, "leasehold_gateway_{name} {value}");
    }
}
