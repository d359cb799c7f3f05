//! Tokens for ServeGen's requests: the join of counts with means, and the stand-ins for means that
//! were not published. The rules are in the header of `servegen`.

use std::collections::BTreeMap;

use super::number::thousandths;
use super::series::{BINS_MAX, Counts, Series, overflow};
use super::servegen::{CLIENT, START, Servegen, WINDOW};
use super::table::{Reading, Row, read_table};
use crate::demand::report::Step;
use crate::demand::{DemandError, ReadReport};

const TOKEN_WINDOW: i64 = 21_600;
const COLUMNS: &[&str] = &["client", "window_start_s", "field", "mean"];
const MEAN_MAX_THOUSANDTHS: u64 = 1_000_000_000;
const MEAN_RULE: &str = "it must be a mean of 0 to 1,000,000 tokens";

/// Mean tokens of a request, in thousandths.
#[derive(Debug, Clone, Copy, Default)]
struct Means {
    input: u64,
    output: u64,
}

/// The means of a file, by client and number of the six-hour window.
#[derive(Default)]
pub(super) struct MeansByWindow {
    windows: BTreeMap<(u32, i64), Means>,
    clients: BTreeMap<u32, Means>,
}

/// Reads the file of means. The books of the source are those of its rates; what was left out here
/// becomes steps.
pub(super) fn read_means(
    reading: &mut Reading<'_>,
    how: &Servegen<'_>,
) -> Result<MeansByWindow, DemandError> {
    let mut books = ReadReport { label: reading.report.label.clone(), ..ReadReport::default() };
    let mut found: BTreeMap<(u32, i64), [Option<u64>; 2]> = BTreeMap::new();
    let mut own = Reading {
        kind: reading.kind,
        path: how.tokens,
        base: reading.base,
        skip_bad_rows: reading.skip_bad_rows,
        report: &mut books,
        progress: &mut *reading.progress,
    };
    read_table(&mut own, COLUMNS, |cells| {
        let client = u32::try_from(cells.number(0, &CLIENT)?).unwrap_or(u32::MAX);
        let at = i64::try_from(cells.number(1, &START)?).unwrap_or(i64::MAX);
        let field = match cells.text(2) {
            "input_tokens" => 0,
            "output_tokens" => 1,
            _ => return Ok(Row::LeftOut("neither input_tokens nor output_tokens")),
        };
        let mean = thousandths(cells.text(3)).filter(|mean| *mean <= MEAN_MAX_THOUSANDTHS);
        let mean = mean.ok_or_else(|| cells.bad(3, MEAN_RULE))?;
        let both = found.entry((client, at / TOKEN_WINDOW)).or_default();
        if at % TOKEN_WINDOW != 0 || both[field].replace(mean).is_some() {
            return Err(cells
                .bad(1, "it must be a multiple of 21,600, once a client and field")
                .into());
        }
        if found.len() > BINS_MAX {
            return Err(too_many(how).into());
        }
        Ok(Row::Kept)
    })?;
    reading.report.files.append(&mut books.files);
    reading.report.examples.append(&mut books.examples);
    for (reason, count) in books.skipped {
        let what = format!("token means left out: {reason}");
        reading.report.steps.push(Step { what, count });
    }
    Ok(MeansByWindow::of(found))
}

fn too_many(how: &Servegen<'_>) -> DemandError {
    DemandError::TooMany {
        label: how.tokens.display().to_string(),
        most: BINS_MAX as u64,
        what: "token means",
        remedy: "leave out clients that are not in `only_clients`",
    }
}

impl MeansByWindow {
    /// Keeps the windows that have both means, and their plain mean by client.
    fn of(found: BTreeMap<(u32, i64), [Option<u64>; 2]>) -> Self {
        let both = |(key, means): ((u32, i64), [Option<u64>; 2])| match means {
            [Some(input), Some(output)] => Some((key, Means { input, output })),
            _ => None,
        };
        let windows: BTreeMap<_, _> = found.into_iter().filter_map(both).collect();
        let mut sums: BTreeMap<u32, (u64, Means)> = BTreeMap::new();
        for ((client, _), means) in &windows {
            let (count, sum) = sums.entry(*client).or_default();
            *count += 1;
            sum.input += means.input;
            sum.output += means.output;
        }
        let mean = |(client, (count, sum)): (u32, (u64, Means))| {
            (client, Means { input: sum.input / count, output: sum.output / count })
        };
        MeansByWindow { windows, clients: sums.into_iter().map(mean).collect() }
    }
}

/// Requests with the thousandths of tokens that are known for them.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    requests: u64,
    input: u128,
    output: u128,
}

impl Sum {
    fn add(&mut self, requests: u64, means: Means) -> Option<()> {
        self.requests = self.requests.checked_add(requests)?;
        self.input += u128::from(requests) * u128::from(means.input);
        self.output += u128::from(requests) * u128::from(means.output);
        Some(())
    }
}

/// Counts and tokens by window, while rows come in.
pub(super) struct Sums {
    means: MeansByWindow,
    known: BTreeMap<i64, Sum>,
    unknown: BTreeMap<i64, u64>,
    by_token_window: BTreeMap<i64, Sum>,
    all: Sum,
    from_own_windows: u64,
}

impl Sums {
    pub fn new(means: MeansByWindow) -> Self {
        Sums {
            means,
            known: BTreeMap::new(),
            unknown: BTreeMap::new(),
            by_token_window: BTreeMap::new(),
            all: Sum::default(),
            from_own_windows: 0,
        }
    }

    /// Adds a client's requests of the window at `at`; nothing where a sum does not fit.
    pub fn add(&mut self, client: u32, at: i64, requests: u64) -> Option<()> {
        let token_window = at / TOKEN_WINDOW;
        let bin = self.known.entry(at).or_default();
        if let Some(means) = self.means.windows.get(&(client, token_window)) {
            bin.add(requests, *means)?;
            self.by_token_window.entry(token_window).or_default().add(requests, *means)?;
            self.all.add(requests, *means)
        } else if let Some(means) = self.means.clients.get(&client) {
            self.from_own_windows = self.from_own_windows.checked_add(requests)?;
            bin.add(requests, *means)
        } else {
            let unknown = self.unknown.entry(at).or_default();
            *unknown = unknown.checked_add(requests)?;
            Some(())
        }
    }

    /// Gives the requests without means theirs, rounds, and says what stood in.
    pub fn finish(mut self, reading: &mut Reading<'_>, epoch: i64) -> Result<Series, DemandError> {
        let label = reading.report.label.clone();
        let mut series = Series::new(WINDOW);
        let (mut from_others, mut from_all) = (0u64, 0u64);
        let (mut input, mut output) = (Running::default(), Running::default());
        for (at, mut bin) in std::mem::take(&mut self.known) {
            let missing = self.unknown.get(&at).copied().unwrap_or(0);
            let of_window = self.by_token_window.get(&(at / TOKEN_WINDOW)).copied();
            let (stand_in, count) = match of_window.filter(|sum| sum.requests > 0) {
                Some(sum) => (sum, &mut from_others),
                None => (self.all, &mut from_all),
            };
            *count += missing;
            fill(&mut bin, missing, stand_in).ok_or_else(|| no_means(&label))?;
            let (input, output) = (input.next(bin.input), output.next(bin.output));
            let counts = input.zip(output).map(|(input, output)| Counts {
                requests: bin.requests,
                input,
                output,
            });
            series.add(epoch + at, counts.ok_or_else(|| overflow(&label))?, &label)?;
        }
        let stood_in = [
            ("requests with token means of the client's other windows", self.from_own_windows),
            ("requests with token means of other clients in the same six hours", from_others),
            ("requests with token means of the whole file", from_all),
        ];
        let steps = stood_in.map(|(what, count)| Step { what: what.to_owned(), count });
        reading.report.steps.extend(steps.into_iter().filter(|step| step.count > 0));
        Ok(series)
    }
}

fn fill(bin: &mut Sum, missing: u64, stand_in: Sum) -> Option<()> {
    if missing > 0 {
        let known = u128::from(stand_in.requests);
        let share = |tokens: u128| (tokens.checked_mul(u128::from(missing)))?.checked_div(known);
        bin.input += share(stand_in.input)?;
        bin.output += share(stand_in.output)?;
        bin.requests = bin.requests.checked_add(missing)?;
    }
    Some(())
}

fn no_means(label: &str) -> DemandError {
    DemandError::NothingLeft {
        label: label.to_owned(),
        what: "token means",
        step: "joining the two files".to_owned(),
        remedy: "give the `tokens` file that belongs to the `clients` file",
    }
}

/// Rounds a running total of thousandths to whole tokens, so that the parts add up to it.
#[derive(Default)]
struct Running {
    thousandths: u128,
    given: u128,
}

impl Running {
    fn next(&mut self, thousandths: u128) -> Option<u64> {
        self.thousandths = self.thousandths.checked_add(thousandths)?;
        let total = (self.thousandths + 500) / 1_000;
        let part = total - self.given;
        self.given = total;
        u64::try_from(part).ok()
    }
}
