//! How far long work is, on a terminal; nothing in a pipe.

use indicatif::{ProgressBar, ProgressStyle};

use crate::db::backup::{Phase, Progress};
use crate::error::Result;

/// A line on stderr that says what is being done and how far it is.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// Draws nothing where stderr is no terminal.
    pub(super) fn new() -> Bar {
        let style = ProgressStyle::with_template("{msg:10} {bar:40} {percent:>3} %")
            .expect("the template is one");
        Bar(ProgressBar::new(0).with_style(style))
    }

    /// What the work tells of its progress.
    pub(super) fn report(&self) -> impl FnMut(Progress) -> Result<()> {
        let bar = self.0.clone();
        move |Progress { phase, done, total }| {
            bar.set_message(match phase {
                Phase::Copying => "copying",
                Phase::Reading => "reading",
                Phase::Restoring => "restoring",
                Phase::Checking => "checking",
                Phase::Comparing => "comparing",
                Phase::Walking => "walking",
            });
            // Where nobody knows how much there is, the bar stays empty.
            bar.set_length(total.max(1));
            bar.set_position(if total == 0 { 0 } else { done });
            Ok(())
        }
    }

    /// Takes the line away.
    pub(super) fn done(&self) {
        self.0.finish_and_clear();
    }
}
