//! One replay from scenario to report, for `replay` and for `demo`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use leasehold_sim::figures::Figures;
use leasehold_sim::replay::{self, Replayed};
use leasehold_sim::scenario::Loaded;
use leasehold_sim::scenario::load::{Overrides, Texts, load_from};

use super::papers;
use super::watch::Watch;
use crate::commands::format::{Format, print_json};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Staged, try_out};
use crate::report::{self, ReportError, Screen};
use crate::terminal::{Interrupt, Progress, Terminal};

/// What is to be replayed and where its report goes.
pub(in crate::commands) struct Run<'a> {
    /// Where the scenario and the texts that it names come from.
    pub(in crate::commands) texts: &'a dyn Texts,
    /// The scenario.
    pub(in crate::commands) scenario: &'a Path,
    /// What takes the place of its own settings.
    pub(in crate::commands) overrides: Overrides,
    /// Where the report is written, if anywhere.
    pub(in crate::commands) out: Option<&'a Path>,
    /// Whether the journals are written there, too.
    pub(in crate::commands) journal: bool,
    /// Whether each policy's own tables are printed.
    pub(in crate::commands) detail: bool,
    /// How the result is printed.
    pub(in crate::commands) format: Format,
}

impl Run<'_> {
    /// Replays, writes the report, prints the tables.
    pub(in crate::commands) fn go(self, terminal: &mut Terminal) -> Result<Exit, CommandError> {
        self.out.map_or(Ok(()), try_out)?;
        let interrupt = Interrupt::listen();
        let loaded = self.load(terminal)?;
        let began = now();
        let (replayed, journals) = self.replay(terminal, &interrupt, &loaded)?;
        let took = began.elapsed();
        let written = self.write(&replayed, journals);
        let figures = replayed.figures;
        self.print(terminal, &figures)?;
        self.tell(terminal, &figures, took, &written?)?;
        Ok(if figures.stopped_at.is_some() { Exit::Interrupted } else { Exit::Done })
    }

    fn load(&self, terminal: &Terminal) -> Result<Loaded, CommandError> {
        let mut progress = Progress::begin(terminal.progress());
        let mut on_rows = |read: leasehold_sim::demand::Progress<'_>| {
            progress.at(0, 1, &format!("reading {}: {} rows", read.label, read.rows));
        };
        Ok(load_from(self.texts, self.scenario, self.overrides.clone(), &mut on_rows)?)
    }

    fn replay(
        &self,
        terminal: &Terminal,
        interrupt: &Interrupt,
        loaded: &Loaded,
    ) -> Result<(Replayed, Option<Staged>), CommandError> {
        let journals = self.out.filter(|_| self.journal).map(|dir| Staged::new(dir, interrupt));
        let mut watch = Watch {
            progress: Progress::begin(terminal.progress()),
            interrupt,
            journals,
            span: loaded.span,
            zone: &loaded.scenario.zone,
        };
        interrupt.heed();
        let replayed = replay::run(loaded, &mut watch)?;
        Ok((replayed, watch.journals))
    }

    /// Writes the report and the journals; gives the paths of the page and of the journals.
    fn write(
        &self,
        replayed: &Replayed,
        journals: Option<Staged>,
    ) -> Result<Vec<PathBuf>, ReportError> {
        let Some(dir) = self.out else { return Ok(Vec::new()) };
        let mut paths = report::write(dir, &replayed.figures, papers::of(replayed)?)?;
        paths.truncate(1);
        if let Some(journals) = journals {
            paths.extend(journals.keep()?);
        }
        Ok(paths)
    }

    fn print(&self, terminal: &mut Terminal, figures: &Figures) -> Result<(), CommandError> {
        let look = terminal.results();
        match self.format {
            Format::Json => print_json(terminal, figures),
            Format::Text => {
                let screen =
                    Screen { width: look.columns, detail: self.detail, colour: look.coloured };
                Ok(terminal.print(&screen.show(figures))?)
            }
        }
    }

    /// Says where the report is and how fast the replay was.
    fn tell(
        &self,
        terminal: &mut Terminal,
        figures: &Figures,
        took: Duration,
        written: &[PathBuf],
    ) -> Result<(), CommandError> {
        for path in written {
            let line = format!("written: {}", path.display());
            match self.format {
                Format::Text => terminal.print(&format!("{line}\n"))?,
                Format::Json => terminal.note(&line),
            }
        }
        terminal.flush()?;
        if let Some(at) = figures.stopped_at {
            terminal.note(&format!("stopped early: the figures hold up to {at}"));
        }
        let events: u64 = figures.policies.iter().map(|policy| policy.events).sum();
        terminal.remark(&speed(events, took));
        Ok(())
    }
}

fn speed(events: u64, took: Duration) -> String {
    let millis = took.as_millis().max(1);
    let rate = u128::from(events) * 1_000 / millis;
    format!(
        "replayed {events} events in {}.{:03} s: {rate} events a second",
        millis / 1_000,
        millis % 1_000
    )
}

#[allow(clippy::disallowed_methods, reason = "how long a replay takes is wall time")]
fn now() -> Instant {
    Instant::now()
}
