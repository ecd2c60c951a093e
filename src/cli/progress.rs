//! How far long work is, on a terminal; nothing in a pipe.

use indicatif::{ProgressBar, ProgressStyle};

use super::output::manner;
use crate::db::backup::{Phase, Progress};
use crate::error::Result;

/// A line on stderr that says what is being done and how far it is.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// Draws nothing where stderr is no terminal, or nothing is to be said.
    pub(super) fn new() -> Bar {
        let style = ProgressStyle::with_template("{msg:10} {bar:40} {percent:>3} %")
            .expect("the template is one");
        if manner().quiet {
            return Bar(ProgressBar::hidden());
        }
        Bar(ProgressBar::new(0).with_style(style))
    }

    /// Says what is being done; how far that is, nobody knows.
    pub(super) fn begin(&self, what: &'static str) {
        show(&self.0, what, 0, 0);
    }

    /// The same, and hears how many of how many things are done.
    pub(super) fn count(&self, what: &'static str) -> impl FnMut(usize, usize) + use<> {
        let bar = self.0.clone();
        move |done, total| show(&bar, what, done as u64, total as u64)
    }

    /// What the work tells of its progress.
    pub(super) fn report(&self) -> impl FnMut(Progress) -> Result<()> + use<> {
        let bar = self.0.clone();
        move |Progress { phase, done, total }| {
            let what = match phase {
                Phase::Copying => "copying",
                Phase::Reading => "reading",
                Phase::Restoring => "restoring",
                Phase::Checking => "checking",
                Phase::Comparing => "comparing",
                Phase::Walking => "walking",
            };
            show(&bar, what, done, total);
            Ok(())
        }
    }

    /// Takes the line away.
    pub(super) fn done(&self) {
        self.0.finish_and_clear();
    }
}

/// Where nobody knows how much there is, the bar stays empty.
fn show(bar: &ProgressBar, what: &'static str, done: u64, total: u64) {
    bar.update(|state| {
        state.set_len(total.max(1));
        state.set_pos(if total == 0 { 0 } else { done });
    });
    if bar.message() != what {
        bar.set_message(what);
    }
}

/// However the work ends, the line does not stay.
impl Drop for Bar {
    fn drop(&mut self) {
        self.done();
    }
}
