//! Measures the durable books: what `bench/books/run.py` runs. Prints one JSON object a line.
//!
//! `postings DIR ENTRIES uniform|hot`, `postings-open DIR`; `usage DIR RECORDS`, `usage-open DIR`;
//! `close-make DIR LEASES RECORDS|hours`, `close DIR THROUGH THREADS`, `late DIR`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a measurement reads the clock and prints"
)]

mod close;
mod data;
mod lease;
mod postings;
mod usage;

use std::error::Error;
use std::process::ExitCode;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let texts: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match texts.as_slice() {
        ["postings", dir, entries, kind] => postings::run(dir, entries, kind),
        ["postings-open", dir] => postings::open(dir),
        ["usage", dir, records] => usage::run(dir, records),
        ["close-make", dir, leases, records] => close::make(dir, leases, records),
        ["close", dir, through, threads] => close::run(dir, through, threads),
        ["late", dir] => close::late(dir),
        ["usage-open", dir] => usage::open(dir),
        _ => {
            Err("name a measurement: postings, postings-open, usage, usage-open, close-make, close, late"
                .into())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
