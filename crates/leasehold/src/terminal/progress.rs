//! How far long work is: a bar on a terminal, else a line now and then.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Show;

/// Least time between two lines of progress, where no bar is shown.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// What the work is divided into, for the bar.
const STEPS: u64 = 1_000;

/// Progress of one piece of work, on standard error.
pub(crate) struct Progress {
    show: Show,
    bar: ProgressBar,
    last_line: Instant,
}

impl Progress {
    /// Progress that begins now.
    #[allow(clippy::disallowed_methods, reason = "how long people have waited is wall time")]
    pub(crate) fn begin(show: Show) -> Self {
        let style = ProgressStyle::with_template("{bar:24} {percent:>3} %  {wide_msg} {eta} left");
        let bar = match (show, style) {
            (Show::Bar, Ok(style)) => {
                ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr())
                    .with_style(style.progress_chars("=> "))
            }
            _ => ProgressBar::hidden(),
        };
        Progress { show, bar, last_line: Instant::now() }
    }

    /// Shows that `done` of `of` is done, with a few words.
    pub(crate) fn at(&mut self, done: u64, of: u64, words: &str) {
        let step = u128::from(done) * u128::from(STEPS) / u128::from(of.max(1));
        let step = u64::try_from(step).unwrap_or(STEPS).min(STEPS);
        match self.show {
            Show::Bar => {
                self.bar.set_message(words.to_owned());
                self.bar.set_position(step);
            }
            Show::Lines if self.last_line.elapsed() >= LINE_EVERY => self.line(step, words),
            _ => {}
        }
    }

    #[allow(clippy::disallowed_methods, reason = "how long people have waited is wall time")]
    #[allow(clippy::print_stderr, reason = "progress is what standard error is for")]
    fn line(&mut self, step: u64, words: &str) {
        self.last_line = Instant::now();
        eprintln!("{:>3} %  {words}", step * 100 / STEPS);
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
