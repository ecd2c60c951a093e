//! One value of a row, of whatever type it was found with.

use rusqlite::types::ValueRef;

use crate::time::Timestamp;

/// A value; bytes that are no text are not looked into.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes,
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Cell {
        match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Real(number) => Cell::Real(number),
            ValueRef::Text(text) => {
                std::str::from_utf8(text).map_or(Cell::Bytes, |text| Cell::Text(text.to_owned()))
            }
            ValueRef::Blob(_) => Cell::Bytes,
        }
    }
}

impl Cell {
    /// Text as it is, and a whole number as its digits (an id may be one).
    pub fn text(self) -> Option<String> {
        match self {
            Cell::Text(text) => Some(text),
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Null | Cell::Real(_) | Cell::Bytes => None,
        }
    }

    pub fn is_true(&self) -> bool {
        match self {
            Cell::Integer(number) => *number != 0,
            Cell::Text(text) => text == "1" || text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// An instant as text, or as a number of milliseconds or seconds since 1970:
    /// the libraries that write for SQLite disagree.
    pub fn time(&self) -> Option<Timestamp> {
        /// Milliseconds of 1973, and seconds of the year 5138.
        const LEAST_MILLISECONDS: u64 = 100_000_000_000;
        match self {
            Cell::Integer(number) if number.unsigned_abs() < LEAST_MILLISECONDS => {
                Some(Timestamp::from_seconds(*number))
            }
            Cell::Integer(number) => Some(Timestamp(*number)),
            #[allow(clippy::cast_possible_truncation, reason = "an instant of no use stays one")]
            Cell::Real(number) => Cell::Integer(*number as i64).time(),
            Cell::Text(text) => match text.parse() {
                Ok(number) => Cell::Integer(number).time(),
                Err(_) => Timestamp::parse(text),
            },
            Cell::Null | Cell::Bytes => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_in_every_form_it_is_written_in() {
        let expected = Some(Timestamp(1_795_180_469_000));
        for cell in [
            Cell::Text("2026-11-20T13:14:29.000Z".into()),
            Cell::Text("2026-11-20T14:14:29+01:00".into()),
            Cell::Text("2026-11-20 13:14:29".into()),
            Cell::Text("1795180469000".into()),
            Cell::Integer(1_795_180_469_000),
            Cell::Integer(1_795_180_469),
            Cell::Real(1_795_180_469.0),
        ] {
            assert_eq!(cell.time(), expected, "{cell:?}");
        }
        for cell in [Cell::Null, Cell::Bytes, Cell::Text("soon".into()), Cell::Text("".into())] {
            assert_eq!(cell.time(), None, "{cell:?}");
        }
    }
}
