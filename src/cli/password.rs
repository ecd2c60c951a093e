//! Asking for a password: by a prompt or from standard input, never an argument.

use std::io::IsTerminal;

use anyhow::{Context, bail};

/// A new password, or none where nobody gives one.
pub(super) fn optional(from_stdin: bool) -> anyhow::Result<Option<String>> {
    if from_stdin {
        return read_line().map(Some);
    }
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let password = prompt("Password (empty for none): ")?;
    Ok(Some(password).filter(|password| !password.is_empty()))
}

/// A new password, which there must be.
pub(super) fn needed(from_stdin: bool) -> anyhow::Result<String> {
    if from_stdin {
        return read_line();
    }
    if !std::io::stdin().is_terminal() {
        bail!("this asks for a password on a terminal; elsewhere say --password-stdin");
    }
    prompt("New password: ")
}

fn read_line() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password")?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

fn prompt(question: &str) -> anyhow::Result<String> {
    let first = rpassword::prompt_password(question)?;
    if !first.is_empty() && rpassword::prompt_password("Again: ")? != first {
        bail!("the two are not the same");
    }
    Ok(first)
}
