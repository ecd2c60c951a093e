//! The log: lines on standard error, coloured on a terminal.

use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, reload};

use super::output::manner;
use crate::config::LogLevel;

/// A log that has begun, whose level can be changed.
pub(super) struct Log(reload::Handle<LevelFilter, Registry>);

impl Log {
    pub(super) fn start(level: LogLevel) -> Log {
        let (level, handle) = reload::Layer::new(filter(level));
        let lines = fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(wants_colour())
            .with_target(false)
            // It would report a log that cannot be written by a panic.
            .log_internal_errors(false);
        tracing_subscriber::registry().with(level).with(lines).init();
        Log(handle)
    }

    pub(super) fn set_level(&self, level: LogLevel) {
        // It fails only once there is no log any more.
        let _ = self.0.reload(filter(level));
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// True on a terminal, unless NO_COLOR is set, and elsewhere if CLICOLOR_FORCE is.
fn wants_colour() -> bool {
    let says = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let is_forced = says("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let may = says("NO_COLOR").is_none() && !manner().no_color;
    may && (is_forced || std::io::stderr().is_terminal())
}
