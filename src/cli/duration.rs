//! Durations and moments as a command line has them.

use anyhow::bail;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Unit};

use crate::time::Timestamp;

/// The longest that `--since` looks back, in seconds: a hundred years.
const CENTURY: i64 = 36_525 * 24 * 60 * 60;

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

/// Reads a moment: how long ago, a day or a time on this machine's clock, or
/// an instant with its offset.
pub(super) fn moment(text: &str) -> anyhow::Result<Timestamp> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(instant.as_millisecond()));
    }
    let local = text.parse::<Date>().map(DateTime::from).or_else(|_| text.parse::<DateTime>());
    if let Ok(local) = local {
        let instant = local.to_zoned(TimeZone::system())?.timestamp();
        return Ok(Timestamp(instant.as_millisecond()));
    }
    match seconds(text, CENTURY, "a century") {
        Ok(ago) => Ok(Timestamp::now().plus_seconds(-ago)),
        Err(_) => bail!("write it as 90m, 24h, 7d, 2026-11-01 or 2026-11-01T08:00"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_an_age_a_day_or_an_instant() {
        let hour_ago = Timestamp::now().plus_seconds(-3600);
        let found = moment("1h").unwrap();
        assert!((found.0 - hour_ago.0).abs() < 60_000, "{found}");
        let instant = moment("2026-11-18T11:06:40Z").unwrap();
        assert_eq!(instant, Timestamp(1_795_000_000_000));
        assert_eq!(moment("2026-11-18T12:06:40+01:00").unwrap(), instant);
        let day = moment("2026-11-18").unwrap();
        assert_eq!(moment("2026-11-18T00:00").unwrap(), day);
        for bad in ["", "yesterday", "-1h", "2026-13-01", "5"] {
            assert!(moment(bad).is_err(), "{bad}");
        }
    }
}
