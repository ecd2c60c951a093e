//! SQLite's errors in Docket's words.

use rusqlite::ErrorCode;

use crate::error::{Error, Result};

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::DiskFull,
            Some(ErrorCode::OperationInterrupted) => Error::Interrupted,
            Some(ErrorCode::SystemIoFailure) => {
                Error::Unavailable(format!("the disk failed: {error}"))
            }
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Error::Unavailable(format!("the database cannot be written to: {error}"))
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Error::Unavailable("the database is busy".into())
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Error::Unavailable(format!("the database is damaged: {error}"))
            }
            _ => Error::Database(error.to_string()),
        }
    }
}

/// Turns a broken `unique` into a sentence where it happens.
pub trait OnConflict<T> {
    /// `columns` as SQLite names them (`users.email`), `detail` for the caller.
    fn on_conflict(self, columns: &str, code: &'static str, detail: &str) -> Result<T>;
}

impl<T> OnConflict<T> for rusqlite::Result<T> {
    fn on_conflict(self, columns: &str, code: &'static str, detail: &str) -> Result<T> {
        self.map_err(|error| match &error {
            rusqlite::Error::SqliteFailure(failure, Some(message))
                if failure.code == ErrorCode::ConstraintViolation && message.contains(columns) =>
            {
                Error::conflict(code, detail)
            }
            _ => error.into(),
        })
    }
}
