//! `leasehold books trial-balance FILE…`: what every account holds at the close of a day.

use std::path::PathBuf;

use leasehold_books::ledger::TrialBalance;
use leasehold_types::{Currency, Date, Money};
use serde::Serialize;

use super::{History, Run, Told};
use crate::commands::date;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::terminal::{Look, Terminal, table};

/// Print what every account holds at the close of a day
///
/// Debits and credits are equal. Revenue is booked as each month closes: within a month the accounts stand as they did at its
/// beginning, but for invoices and payments. The exit code is 1 where a lease is parked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Term sheets as signed (docs/term-sheet.md), one a lease; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    history: History,
    /// The day at whose close the accounts stand
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    at: Date,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        let run = self.history.run(terminal, &self.files, self.at)?;
        let balance = run.books.journal().trial_balance(self.at)?;
        match self.format {
            Format::Json => print_json(terminal, &Answer::of(&balance, &run))?,
            Format::Text => {
                let words = in_words(terminal.results(), &balance);
                terminal.print(&words)?;
            }
        }
        run.note(terminal);
        Ok(run.exit())
    }
}

fn in_words(look: Look, balance: &TrialBalance) -> String {
    let title = look.bold(&format!("Trial balance at the close of {}", balance.at));
    if balance.rows.is_empty() {
        return format!("{title}\nnothing was booked by then\n");
    }
    let side = |money: Money| if money.is_zero() { String::new() } else { money.to_string() };
    let rows = balance.rows.iter().map(|row| {
        let both = row.debit.is_zero() && row.credit.is_zero();
        let debit = if both { row.debit.to_string() } else { side(row.debit) };
        [row.account.to_string(), debit, side(row.credit)]
    });
    let sums = balance.totals.iter().map(|total| {
        [format!("all accounts, {}", total.currency()), total.to_string(), total.to_string()]
    });
    format!("{title}\n{}", table::draw(["account", "debit", "credit"], rows.chain(sums)))
}

/// The result for machines: amounts are decimal strings in major units.
#[derive(Serialize)]
struct Answer {
    at: Date,
    accounts: Vec<Row>,
    totals: Vec<Total>,
    parked: Vec<String>,
    events: Told,
}

#[derive(Serialize)]
struct Row {
    account: &'static str,
    currency: Currency,
    debit: String,
    credit: String,
}

#[derive(Serialize)]
struct Total {
    currency: Currency,
    debit: String,
    credit: String,
}

impl Answer {
    fn of(balance: &TrialBalance, run: &Run) -> Self {
        let rows = balance.rows.iter().map(|row| Row {
            account: row.account.path(),
            currency: row.debit.currency(),
            debit: row.debit.to_decimal(),
            credit: row.credit.to_decimal(),
        });
        let totals = balance.totals.iter().map(|total| Total {
            currency: total.currency(),
            debit: total.to_decimal(),
            credit: total.to_decimal(),
        });
        Answer {
            at: balance.at,
            accounts: rows.collect(),
            totals: totals.collect(),
            parked: run.books.parked().keys().map(|id| id.to_string()).collect(),
            events: run.told,
        }
    }
}
