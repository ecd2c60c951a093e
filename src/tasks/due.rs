//! When a task is due: three kinds, told apart by how they are written.
//!
//! | you write                                  | it means                            |
//! | ------------------------------------------ | ----------------------------------- |
//! | `2026-12-02`                               | that day, wherever you are          |
//! | `2026-12-02T14:00`                         | that time on the wall, wherever     |
//! | `2026-12-02T14:00[Europe/Berlin]`          | that time in that zone              |
//! | `2026-12-02T14:00:00+01:00[Europe/Berlin]` | the same, as it is shown (RFC 9557) |
//!
//! The text that is kept begins with the local date and time, so it sorts by
//! the wall clock, a day before the times on it.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{Disambiguation, OffsetConflict};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::fields::{Field, text};

/// A due date in its canonical text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due(String);

/// The end of a filter: a date or a local date-time, compared with the wall clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueBound(String);

/// Text that is none of the kinds.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotADue(&'static str);

const KINDS: NotADue = NotADue(
    "must be a date (2026-12-02), a local date-time (2026-12-02T14:00) \
     or a date-time with its zone (2026-12-02T14:00[Europe/Berlin])",
);

/// A bad offset is refused rather than silently corrected.
static PARSER: DateTimeParser = DateTimeParser::new()
    .offset_conflict(OffsetConflict::Reject)
    .disambiguation(Disambiguation::Compatible);

impl Due {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes text that this type wrote.
    pub(super) fn from_stored(text: String) -> Due {
        Due(text)
    }
}

impl FromStr for Due {
    type Err = NotADue;

    fn from_str(text: &str) -> Result<Due, NotADue> {
        if text.len() > 100 || !text.get(..4).is_some_and(|y| y.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(KINDS);
        }
        if text.contains('[') {
            // A day alone would become a midnight that nobody meant.
            if !has_time(text) {
                return Err(KINDS);
            }
            let zoned = PARSER.parse_zoned(text).map_err(|_| KINDS)?;
            // An offset may lead back to before the years of four digits.
            if zoned.year() < 0 {
                return Err(KINDS);
            }
            if zoned.time_zone().iana_name().is_none() {
                return Err(NotADue("must name a zone such as Europe/Berlin"));
            }
            return Ok(Due(zoned.round_to_seconds().to_string()));
        }
        local(text).map(Due)
    }
}

impl FromStr for DueBound {
    type Err = NotADue;

    fn from_str(text: &str) -> Result<DueBound, NotADue> {
        local(text).map(DueBound)
    }
}

impl DueBound {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a date, or a date and time without offset or zone.
fn local(text: &str) -> Result<String, NotADue> {
    let is_date = text.len() == 10;
    if is_date {
        return text.parse::<civil::Date>().map(|date| date.to_string()).map_err(|_| KINDS);
    }
    let has_offset = text.get(11..).is_some_and(|rest| rest.contains(['Z', 'z', '+', '-', '[']));
    if !has_time(text) || has_offset {
        return Err(KINDS);
    }
    let local: civil::DateTime = text.parse().map_err(|_| KINDS)?;
    Ok(local.with().subsec_nanosecond(0).build().map_err(|_| KINDS)?.to_string())
}

/// True if a time follows the ten characters of a date.
fn has_time(text: &str) -> bool {
    text.as_bytes().get(10).is_some_and(|byte| matches!(byte, b'T' | b't' | b' '))
}

trait RoundToSeconds {
    fn round_to_seconds(self) -> Self;
}

impl RoundToSeconds for jiff::Zoned {
    fn round_to_seconds(self) -> Self {
        self.with().subsec_nanosecond(0).build().unwrap_or(self)
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Due {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Field for Due {
    fn read(value: &Value) -> Result<Due, String> {
        text(value)?.parse().map_err(|error: NotADue| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        text.parse::<Due>().ok().map(|due| due.0)
    }

    #[test]
    fn reads_the_table_above() {
        assert_eq!(canonical("2026-12-02").as_deref(), Some("2026-12-02"));
        assert_eq!(canonical("2026-12-02T14:00").as_deref(), Some("2026-12-02T14:00:00"));
        let shown = "2026-12-02T14:00:00+01:00[Europe/Berlin]";
        assert_eq!(canonical("2026-12-02T14:00[Europe/Berlin]").as_deref(), Some(shown));
        assert_eq!(canonical(shown).as_deref(), Some(shown));
    }

    #[test]
    fn refuses_what_is_none_of_them() {
        for text in [
            "",
            "tomorrow",
            "2026-13-01",
            "2026-02-30",
            "2026-12-02T25:00",
            "2026-12-02T14:00Z",
            "2026-12-02T14:00:00+01:00",
            "2026-12-02T14:00[Mars/Base]",
            "+002026-12-02",
            "2026-12-02T14:00+05:00[Europe/Berlin]",
            "20261202",
            "2026-12-02T14:00[+01:00]",
            "2026-12-02[Europe/Berlin]",
            "0000-01-01T00:00Z[America/New_York]",
        ] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }

    #[test]
    fn sorts_a_day_before_its_times() {
        let mut dues = ["2026-12-03", "2026-12-02T09:00:00", "2026-12-02"];
        dues.sort_unstable();
        assert_eq!(dues, ["2026-12-02", "2026-12-02T09:00:00", "2026-12-03"]);
    }
}
