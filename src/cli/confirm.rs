//! Asking before something is destroyed.

use std::io::{IsTerminal, Write};

use crate::error::Error;

/// Goes on if `--yes` was given or a person at a terminal says so.
pub(super) fn confirm(yes: bool, question: &str) -> anyhow::Result<()> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        let why = "nothing was changed; say --yes to do it without being asked";
        return Err(Error::conflict("needs_yes", why).into());
    }
    let mut err = std::io::stderr();
    write!(err, "{question} [y/N] ").and_then(|()| err.flush())?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::conflict("declined", "nothing was changed").into()),
    }
}
