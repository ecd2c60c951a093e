//! Durations as a command line has them.

use anyhow::bail;
use jiff::{Span, SpanRelativeTo, Unit};

/// Reads a duration in words or as ISO 8601, in whole seconds: one at least,
/// and `longest` at most, which is `words`.
pub(super) fn seconds(text: &str, longest: i64, words: &str) -> anyhow::Result<i64> {
    let span: Span = text.parse().map_err(|_| anyhow::anyhow!("write it as 90s, 15m, 1h or 7d"))?;
    let relative = SpanRelativeTo::days_are_24_hours();
    let seconds = span.total((Unit::Second, relative))? as i64;
    if !(1..=longest).contains(&seconds) {
        bail!("must be between 1 second and {words}");
    }
    Ok(seconds)
}
