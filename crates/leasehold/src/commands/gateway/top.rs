//! `leasehold gateway top`: a gateway at a glance, anew each second.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::thread::sleep;
use std::time::Duration;

use leasehold_gateway::admin::{Leases, Replicas, Used};

use super::admin::Which;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);
/// Most leases, tenants and replicas that are shown, each.
const ROWS_MAX: usize = 20;
/// Puts the cursor at the top of an empty screen.
const CLEAR: &str = "\u{1b}[H\u{1b}[2J";

/// Watch a gateway: leases, tokens a second, replicas
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Show it once, and end
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    which: Which,
}

/// Tokens of answers by tenant and model, as they were a moment ago.
type Before = BTreeMap<(String, String), u64>;

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let mut before: Option<Before> = None;
        loop {
            let leases: Leases = serde_json::from_str(&self.which.call("/leases", None)?)?;
            let replicas: Replicas = serde_json::from_str(&self.which.call("/replicas", None)?)?;
            let screen = screen(&leases, &replicas, before.as_ref());
            if self.once {
                terminal.print(&screen)?;
                return Ok(Exit::Done);
            }
            terminal.print(&format!("{CLEAR}{screen}"))?;
            terminal.flush()?;
            before = Some(made(&leases.used));
            sleep(EVERY);
        }
    }
}

fn made(used: &[Used]) -> Before {
    used.iter().map(|used| ((used.tenant.clone(), used.model.clone()), used.output)).collect()
}

fn screen(leases: &Leases, replicas: &Replicas, before: Option<&Before>) -> String {
    let under_way: u32 = leases.leases.iter().map(|lease| lease.under_way).sum();
    let mut out = format!("table {}; {under_way} requests under way\n\n", replicas.table);
    let _ = writeln!(out, "{:<28} {:>13} {:>8} {:>12}", "LEASE", "UNDER WAY", "WAITING", "TOKENS");
    for lease in most_first(&leases.leases, |lease| u64::from(lease.under_way)) {
        let load = format!("{}/{}", lease.under_way, lease.requests);
        let tokens = lease.tokens.map_or("-".to_owned(), |tokens| tokens.to_string());
        let (name, waiting) = (&lease.lease, lease.waiting);
        let _ = writeln!(out, "{name:<28} {load:>13} {waiting:>8} {tokens:>12}");
    }
    let _ = writeln!(
        out,
        "\n{:<18} {:<18} {:>9} {:>11} {:>9} {:>9}",
        "TENANT", "MODEL", "REQUESTS", "TOKENS/S", "FIRST MS", "EACH MS"
    );
    for used in most_first(&leases.used, |used| used.output) {
        let of = (used.tenant.clone(), used.model.clone());
        let known = before.and_then(|before| before.get(&of));
        let rate =
            known.map_or("-".to_owned(), |known| used.output.saturating_sub(*known).to_string());
        let ms = |time: Option<u64>| {
            time.map_or("-".to_owned(), |us| format!("<{}", us.div_ceil(1_000)))
        };
        let (tenant, model, requests) = (&used.tenant, &used.model, used.requests);
        let (first, each) = (ms(used.first_token_us), ms(used.each_token_us));
        let _ =
            writeln!(out, "{tenant:<18} {model:<18} {requests:>9} {rate:>11} {first:>9} {each:>9}");
    }
    let _ = writeln!(out, "\n{:<28} {:<8} {:>13}  MODEL", "REPLICA", "STATE", "UNDER WAY");
    for one in most_first(&replicas.replicas, |one| u64::from(one.under_way)) {
        let load = format!("{}/{}", one.under_way, one.slots);
        let (name, state, model) = (&one.replica, &one.state, &one.model);
        let _ = writeln!(out, "{name:<28} {state:<8} {load:>13}  {model}");
    }
    out
}

/// Those of most, as many as are shown; equals stay in order.
fn most_first<T>(all: &[T], by: impl Fn(&T) -> u64) -> Vec<&T> {
    let mut sorted: Vec<&T> = all.iter().collect();
    sorted.sort_by_key(|one| std::cmp::Reverse(by(one)));
    sorted.truncate(ROWS_MAX);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use leasehold_gateway::admin::{LeaseStanding, ReplicaStanding};

    #[test]
    fn a_screen() {
        let lease = LeaseStanding {
            lease: "chat".to_owned(),
            under_way: 3,
            requests: 64,
            waiting: 1,
            tokens: Some(1_200),
            tokens_per_minute: Some(60_000),
        };
        let used = Used {
            tenant: "acme".to_owned(),
            model: "tiny".to_owned(),
            requests: 9,
            input: 100,
            output: 500,
            first_token_us: Some(50_000),
            each_token_us: None,
        };
        let replica = ReplicaStanding {
            model: "tiny".to_owned(),
            replica: "r0".to_owned(),
            state: "serving".to_owned(),
            under_way: 3,
            slots: 8,
        };
        let before = Before::from([(("acme".to_owned(), "tiny".to_owned()), 420)]);
        let leases = Leases { leases: vec![lease], used: vec![used] };
        let replicas = Replicas { table: 7, replicas: vec![replica] };
        insta::assert_snapshot!(screen(&leases, &replicas, Some(&before)), @r"
        table 7; 3 requests under way

        LEASE                            UNDER WAY  WAITING       TOKENS
        chat                                  3/64        1         1200

        TENANT             MODEL               REQUESTS    TOKENS/S  FIRST MS   EACH MS
        acme               tiny                       9          80       <50         -

        REPLICA                      STATE        UNDER WAY  MODEL
        r0                           serving            3/8  tiny
        ");
    }
}
