//! `leasehold books statement FILE…`: an account of each lease over a span of days.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leasehold_books::book::LeaseBook;
use leasehold_books::ledger::{Account, AccountStatement, Cause};
use leasehold_documents::pdf;
use leasehold_types::{BadAmount, Currency, Date, Money, TenantId};
use serde::Serialize;

use super::{History, Run, Told};
use crate::commands::format::{Format, print_json};
use crate::commands::{date, figure};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::try_out;
use crate::report::{File, write_files};
use crate::terminal::{Look, Terminal, plain, table};

/// Print an account of each lease: opening balance, movements, closing balance
///
/// Without --account it is what each tenant owes on invoices: what it was billed, credited and paid.
/// The exit code is 1 where a lease is parked.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Term sheets as signed (docs/term-sheet.md), one a lease; `-` reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    history: History,
    /// The last day of the statement
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    through: Date,
    /// The first day of the statement; the first of the books where it is left out
    #[arg(long, value_name = "DATE", value_parser = date::parse)]
    from: Option<Date>,
    /// The account, as the trial balance names it
    #[arg(long, value_name = "ACCOUNT", default_value = "assets:receivable", value_parser = account)]
    account: Account,
    /// Only leases of this tenant, by its id
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// Write statements of account as PDF into this directory, too: one a tenant and currency
    #[arg(long, value_name = "DIR")]
    pdf: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Args {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        self.pdf.as_deref().map_or(Ok(()), try_out)?;
        if let Some(from) = self.from.filter(|from| *from > self.through) {
            return Err(CommandError::NoSpan { from, through: self.through });
        }
        let run = self.history.run(terminal, &self.files, self.through)?;
        let leases: Vec<&LeaseBook> = run.books.leases().filter(|l| self.wants(l)).collect();
        if leases.is_empty() {
            let known = run.books.leases().map(|lease| lease.signed().tenant.id.to_string());
            let tenant = self.tenant.unwrap_or_default();
            return Err(CommandError::NoTenant { tenant, known: known.collect() });
        }
        let mut statements = Vec::with_capacity(leases.len());
        for lease in leases {
            statements.push((lease, self.statement(&run, lease)?));
        }
        self.print(terminal, &run, &statements)?;
        if let Some(dir) = &self.pdf {
            self.write(terminal, dir, &run, &statements)?;
        }
        run.note(terminal);
        Ok(run.exit())
    }

    fn print(
        &self,
        terminal: &mut Terminal,
        run: &Run,
        statements: &[(&LeaseBook, AccountStatement)],
    ) -> Result<(), CommandError> {
        if self.format == Format::Json {
            return print_json(terminal, &Answer::of(run, statements));
        }
        for (i, (lease, statement)) in statements.iter().enumerate() {
            let gap = if i > 0 { "\n" } else { "" };
            let words = in_words(terminal.results(), lease, statement);
            terminal.print(&format!("{gap}{words}"))?;
        }
        Ok(())
    }

    /// Writes what each tenant owes as PDF, and says where.
    fn write(
        &self,
        terminal: &mut Terminal,
        dir: &Path,
        run: &Run,
        statements: &[(&LeaseBook, AccountStatement)],
    ) -> Result<(), CommandError> {
        let accounts: BTreeMap<(&TenantId, Currency), Date> = statements
            .iter()
            .map(|(lease, statement)| {
                let terms = lease.signed();
                ((&terms.tenant.id, terms.currency), statement.from)
            })
            .collect();
        let mut files: Vec<File> = Vec::with_capacity(accounts.len());
        for ((tenant, currency), from) in accounts {
            let span = (from, self.through);
            let bytes = pdf::statement(&run.books, tenant, currency, span, None)?;
            files.push((format!("{tenant}-{currency}.pdf").into(), bytes));
        }
        for path in write_files(dir, &files)? {
            let line = format!("written: {}", path.display());
            match self.format {
                Format::Text => terminal.print(&format!("{line}\n"))?,
                Format::Json => terminal.note(&line),
            }
        }
        Ok(())
    }

    fn wants(&self, lease: &LeaseBook) -> bool {
        let of_it = |tenant: &String| lease.signed().tenant.id.as_str() == *tenant;
        self.tenant.as_ref().is_none_or(of_it)
    }

    fn statement(&self, run: &Run, lease: &LeaseBook) -> Result<AccountStatement, BadAmount> {
        let (id, currency) = (&lease.signed().id, lease.signed().currency);
        let dates = run.books.journal().entries().iter().map(|entry| entry.date());
        let first = dates.min().unwrap_or(self.through).min(self.through);
        let from = self.from.unwrap_or(first);
        run.books.journal().statement(id, self.account, currency, from, self.through)
    }
}

/// Reads an account by its path.
fn account(text: &str) -> Result<Account, String> {
    Account::of_path(text).ok_or_else(|| {
        let known: Vec<&str> = Account::all().map(Account::path).collect();
        format!("there is no such account; use one of `{}`", known.join("`, `"))
    })
}

fn in_words(look: Look, lease: &LeaseBook, statement: &AccountStatement) -> String {
    let terms = lease.signed();
    let title = format!("{}: lease `{}`, {}", terms.tenant.name, terms.id, statement.account);
    let edge = |date: Date, what: &str, balance: Money| {
        let none = String::new();
        [date.to_string(), none.clone(), what.to_owned(), none.clone(), none, figure(balance)]
    };
    let rows = statement.rows.iter().map(|row| {
        let (debit, credit) = sides(row.amount);
        let entry = row.entry.0.to_string();
        [row.date.to_string(), entry, row.memo.clone(), debit, credit, figure(row.balance)]
    });
    let opening = edge(statement.from, "opening balance", statement.opening);
    let closing = edge(statement.through, "closing balance", statement.closing);
    let all = std::iter::once(opening).chain(rows).chain([closing]);
    let currency = terms.currency;
    let balance = format!("balance {}", currency.code());
    let head = ["date", "entry", "what", "debit", "credit", &balance];
    format!("{}\n{}", look.bold(&plain(&title)), table::draw_words(3, head, all))
}

/// An amount on its side: a debit is above zero.
pub(crate) fn sides(amount: Money) -> (String, String) {
    let figure = figure(amount);
    match figure.strip_prefix('-') {
        Some(credit) => (String::new(), credit.to_owned()),
        None => (figure, String::new()),
    }
}

/// The result for machines: amounts are decimal strings in major units; debits are above zero.
#[derive(Serialize)]
struct Answer<'a> {
    statements: Vec<Statement<'a>>,
    parked: Vec<&'a str>,
    events: Told,
}

#[derive(Serialize)]
struct Statement<'a> {
    lease: &'a str,
    tenant: &'a str,
    account: &'static str,
    currency: Currency,
    from: Date,
    through: Date,
    opening: String,
    rows: Vec<Row<'a>>,
    closing: String,
}

#[derive(Serialize)]
struct Row<'a> {
    entry: u64,
    date: Date,
    cause: &'a Cause,
    memo: &'a str,
    amount: String,
    balance: String,
}

impl<'a> Answer<'a> {
    fn of(run: &'a Run, statements: &'a [(&'a LeaseBook, AccountStatement)]) -> Self {
        let row = |row: &'a leasehold_books::ledger::StatementRow| Row {
            entry: row.entry.0,
            date: row.date,
            cause: &row.cause,
            memo: &row.memo,
            amount: row.amount.to_decimal(),
            balance: row.balance.to_decimal(),
        };
        let statements = statements.iter().map(|(lease, statement)| Statement {
            lease: lease.signed().id.as_str(),
            tenant: lease.signed().tenant.id.as_str(),
            account: statement.account.path(),
            currency: statement.opening.currency(),
            from: statement.from,
            through: statement.through,
            opening: statement.opening.to_decimal(),
            rows: statement.rows.iter().map(row).collect(),
            closing: statement.closing.to_decimal(),
        });
        Answer {
            statements: statements.collect(),
            parked: run.books.parked().into_keys().map(|id| id.as_str()).collect(),
            events: run.told,
        }
    }
}
