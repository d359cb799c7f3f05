//! What the replay has closed so far: windows served, steps cut, quarters ended.

use leasehold_types::{AcceleratorSeconds, Instant, Seconds, Tokens, allocate};

use super::core::Core;
use super::money;
use super::serving::{Grant, Outcome, Server, factor_of, speed_of};
use super::{Observer, ReplayError};
use crate::demand::Window;
use crate::figures::{Capacity, QuarterLines, RequestRow, SeriesRow};
use crate::scenario::Loaded;

/// Closed windows, steps and quarters.
pub struct Ledger {
    next_window: usize,
    next_step: usize,
    servers: Vec<Server>,
    /// Series rows, in order of step and pool.
    pub series: Vec<SeriesRow>,
    /// Capacity by quarter and pool, for the quarters begun.
    pub quarters: Vec<Vec<Capacity>>,
    /// Requests by lease and quarter.
    pub requests: Vec<Vec<RequestRow>>,
    /// The four lines by lease, for the quarters closed.
    pub lines: Vec<Vec<QuarterLines>>,
    /// Jobs and units waiting by pool, as the queues last told.
    pub waiting: Vec<(u64, u64)>,
    /// Up to where everything is closed.
    pub closed: Instant,
}

impl Ledger {
    /// Nothing closed yet.
    pub fn new(loaded: &Loaded) -> Self {
        Ledger {
            next_window: 0,
            next_step: 0,
            servers: Vec::new(),
            series: Vec::new(),
            quarters: Vec::new(),
            requests: Vec::new(),
            lines: Vec::new(),
            waiting: vec![(0, 0); loaded.fleet.pools().len()],
            closed: loaded.span.start(),
        }
    }

    /// When the next step ends; nothing where all are closed.
    pub fn next_step_end(&self, core: &Core<'_>) -> Option<Instant> {
        core.grid.steps.get(self.next_step).map(|step| step.end)
    }
}

impl Core<'_> {
    /// Moves the clock to `to`, closing windows and steps that end by then. Returns whether the
    /// observer wants to stop; the clock then stands at the end of the last closed step.
    pub fn advance(
        &mut self,
        to: Instant,
        place: (usize, usize),
        observer: &mut dyn Observer,
    ) -> Result<bool, ReplayError> {
        loop {
            let step = self.ledger.next_step_end(self);
            let window = self.window_end();
            let Some(next) = [step, window].into_iter().flatten().min().filter(|at| *at <= to)
            else {
                break;
            };
            self.now = next;
            if window == Some(next) {
                self.close_window()?;
            }
            if step == Some(next) {
                self.close_step()?;
                observer.progress(self.progress(place.0, place.1));
                if observer.stop() {
                    return Ok(true);
                }
            }
        }
        self.now = to;
        Ok(false)
    }

    fn window_end(&self) -> Option<Instant> {
        if self.granted.is_empty() {
            return None;
        }
        let length = self.loaded.scenario.serving.window.0;
        let ends = length.saturating_mul(self.ledger.next_window as i64 + 1);
        let end = self.loaded.span.start().saturating_add(Seconds(ends));
        (end <= self.loaded.span.end()).then_some(end)
    }

    fn close_window(&mut self) -> Result<(), ReplayError> {
        let length = self.loaded.scenario.serving.window;
        let index = self.ledger.next_window;
        self.ledger.next_window += 1;
        if self.ledger.servers.is_empty() {
            let new = |_: &_| Server::new(&self.loaded.scenario.serving);
            self.ledger.servers = self.granted.iter().map(new).collect();
            self.ledger.requests = self.granted.iter().map(|_| Vec::new()).collect();
        }
        for lease in 0..self.granted.len() {
            let window = self.window_of(lease, index);
            let grants = self.cut_grants(lease);
            let outcome = self.ledger.servers[lease].serve(&window, length, &grants);
            for ((pool, _), busy) in self.granted[lease].pools.iter().zip(&outcome.busy) {
                self.meters[*pool].book_busy(*busy);
            }
            self.book_requests(lease, &window, &grants, &outcome);
            self.book_tokens(lease, &window, &outcome)?;
        }
        Ok(())
    }

    /// Tells the books of the tokens that were served.
    fn book_tokens(
        &mut self,
        lease: usize,
        window: &Window,
        outcome: &Outcome,
    ) -> Result<(), ReplayError> {
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        let lease = &self.granted[lease].lease;
        keeper.tokens(lease, window.start, outcome.input, outcome.output).map_err(|error| {
            ReplayError::Money { lease: lease.id.to_string(), message: error.to_string() }
        })
    }

    fn cut_grants(&mut self, lease: usize) -> Vec<Grant> {
        let (fleet, serving, now) = (&self.loaded.fleet, &self.loaded.scenario.serving, self.now);
        let cut = |(pool, meter): &mut (usize, super::meter::GrantMeter)| Grant {
            granted: meter.cut(now),
            factor: factor_of(speed_of(serving, &fleet.pools()[*pool].accelerator)),
        };
        self.granted[lease].pools.iter_mut().map(cut).collect()
    }

    /// What a lease's users ask for in a window: its tenant's requests, split over the tenant's
    /// leases by their committed units.
    fn window_of(&self, lease: usize, index: usize) -> Window {
        let tenant = &self.granted[lease].lease.tenant.id;
        let demand = self.loaded.requests.tenants.iter().find(|d| d.tenant == *tenant);
        let start = self.loaded.span.start();
        let none = Window { start, requests: 0, input_tokens: Tokens(0), output_tokens: Tokens(0) };
        let Some(all) = demand.and_then(|d| d.windows.get(index)).copied() else { return none };
        let same: Vec<usize> = (0..self.granted.len())
            .filter(|other| self.granted[*other].lease.tenant.id == *tenant)
            .collect();
        if same.len() == 1 {
            return all;
        }
        let weights: Vec<u64> =
            same.iter().map(|other| self.granted[*other].lease.units().0).collect();
        let place = same.iter().position(|other| *other == lease).unwrap_or(0);
        let share = |amount: u64| {
            let parts = allocate(i128::from(amount), &weights).unwrap_or_default();
            parts.get(place).and_then(|part| u64::try_from(*part).ok()).unwrap_or(0)
        };
        Window {
            requests: share(all.requests),
            input_tokens: Tokens(share(all.input_tokens.0)),
            output_tokens: Tokens(share(all.output_tokens.0)),
            ..all
        }
    }

    fn book_requests(
        &mut self,
        lease: usize,
        window: &Window,
        grants: &[Grant],
        outcome: &Outcome,
    ) {
        let step = self.ledger.next_step.min(self.grid.steps.len().saturating_sub(1));
        let quarter = self.grid.steps[step].quarter;
        let waiting = self.ledger.servers[lease].waiting();
        let rows = &mut self.ledger.requests[lease];
        let name = &self.grid.quarters[quarter].name;
        if rows.last().is_none_or(|row| row.quarter != *name) {
            rows.push(RequestRow {
                lease: self.granted[lease].lease.id.to_string(),
                quarter: name.clone(),
                arrived: 0,
                served: 0,
                queued: 0,
                turned_away: 0,
                waiting: 0,
                input: Tokens(0),
                output: Tokens(0),
                granted: AcceleratorSeconds::ZERO,
                busy: AcceleratorSeconds::ZERO,
            });
        }
        if let Some(row) = rows.last_mut() {
            row.arrived += window.requests;
            row.served += outcome.served;
            row.queued += outcome.queued;
            row.turned_away += outcome.turned_away;
            row.waiting = waiting;
            row.input.0 += outcome.input;
            row.output.0 += outcome.output;
            row.granted.0 += grants.iter().map(|grant| grant.granted).sum::<u128>();
            row.busy.0 += outcome.busy.iter().sum::<u128>();
        }
    }

    fn close_step(&mut self) -> Result<(), ReplayError> {
        let step = self.grid.steps[self.ledger.next_step];
        self.ledger.next_step += 1;
        while self.ledger.quarters.len() <= step.quarter {
            self.ledger.quarters.push(vec![Capacity::default(); self.meters.len()]);
        }
        for pool in 0..self.meters.len() {
            let capacity = self.meters[pool].cut(step.end);
            super::meter::add(&mut self.ledger.quarters[step.quarter][pool], &capacity);
            let (waiting_jobs, waiting_units) = self.ledger.waiting[pool];
            self.ledger.series.push(SeriesRow {
                from: step.from,
                until: step.until,
                pool: self.loaded.fleet.pools()[pool].id.to_string(),
                capacity,
                waiting_jobs,
                waiting_units,
            });
        }
        self.ledger.closed = step.end;
        if step.end == self.grid.quarters[step.quarter].end {
            self.close_quarter(step.quarter)?;
        }
        Ok(())
    }

    fn close_quarter(&mut self, quarter: usize) -> Result<(), ReplayError> {
        let quarter = &self.grid.quarters[quarter];
        self.ledger.lines.resize_with(self.granted.len(), Vec::new);
        for (place, granted) in self.granted.iter().enumerate() {
            let lease = &granted.lease;
            let Some(record) = self.desk.lease(&lease.id) else { continue };
            let (facts, book) = (record.facts(), &record.notices);
            let lines = money::lines(lease, facts, book, quarter).map_err(|error| {
                ReplayError::Money { lease: lease.id.to_string(), message: error.to_string() }
            })?;
            self.ledger.lines[place].push(lines);
        }
        Ok(())
    }
}
