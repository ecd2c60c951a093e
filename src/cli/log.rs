//! The log on standard error: lines for people, or JSON for programs.

use std::fmt;
use std::io::IsTerminal;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, FormatEvent, FormatFields, Full, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, layer};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, reload};

use super::output::manner;
use crate::config::{LogFormat, LogLevel};

/// A log that has begun, whose level can be changed.
pub(super) struct Log(reload::Handle<LevelFilter, Registry>);

impl Log {
    /// Starts it for a server, or for a command, whose owner is there to read it.
    pub(super) fn start(level: LogLevel, format: LogFormat, serves: bool) -> Log {
        let (level, handle) = reload::Layer::new(filter(level));
        let is_json = match format {
            LogFormat::Json => true,
            LogFormat::Text => false,
            LogFormat::Auto => serves && !std::io::stderr().is_terminal() && !is_journal(),
        };
        // `log_internal_errors` would report a log that cannot be written by a panic.
        let lines = layer().with_writer(std::io::stderr).log_internal_errors(false);
        let lines = if is_json {
            let json = lines.json().flatten_event(true).with_target(false);
            json.with_current_span(false).with_span_list(false).boxed()
        } else {
            let text = Text(Format::default().with_target(false));
            lines.with_ansi(wants_colour()).event_format(text).boxed()
        };
        tracing_subscriber::registry().with(level).with(lines).init();
        Log(handle)
    }

    pub(super) fn set_level(&self, level: LogLevel) {
        // It fails only once there is no log any more.
        let _ = self.0.reload(filter(level));
    }
}

/// The usual lines, but for those that are to be stable: time, level, message.
struct Text(Format<Full>);

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != crate::http::STABLE {
            return self.0.format_event(context, writer, event);
        }
        SystemTime.format_time(&mut writer)?;
        let mut message = Message(String::new());
        event.record(&mut message);
        writeln!(writer, " {:>5} {}", event.metadata().level(), message.0)
    }
}

/// The message of an event, without its fields.
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// True if standard error goes to systemd's journal, where people read it with
/// journalctl: systemd says then which file that is (systemd.exec(5)).
fn is_journal() -> bool {
    let Ok(said) = std::env::var("JOURNAL_STREAM") else { return false };
    let Ok(stat) = rustix::fs::fstat(std::io::stderr()) else { return false };
    said == format!("{}:{}", stat.st_dev, stat.st_ino)
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
