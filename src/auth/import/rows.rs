//! A row of each table, read and checked.

use crate::auth::password;
use crate::auth::secret::ServerSecret;
use crate::auth::session::{self, Device, Session};
use crate::db::Cell;
use crate::time::Timestamp;

/// A password's hash that can be checked here.
pub(super) fn credential(password: Cell) -> Result<String, String> {
    let hash = password.text().ok_or("it has no password")?;
    match password::unusable(&hash) {
        None => Ok(hash),
        Some(why) => Err(format!("{why}; the person needs a link to set a new password")),
    }
}

/// The secret of a second factor and its recovery codes, unsealed.
pub(super) fn open_factor(
    secret: &ServerSecret,
    key: Cell,
    codes: Cell,
) -> Result<(String, Vec<String>), &'static str> {
    let other = "it was sealed with another secret";
    let key = opened(secret, key).filter(|key| !key.is_empty()).ok_or(other)?;
    let codes = opened(secret, codes).ok_or(other)?;
    let codes = serde_json::from_str(&codes).map_err(|_| "its recovery codes cannot be read")?;
    Ok((key, codes))
}

/// What hexadecimal digits hold, perhaps after `$ba$` and the secret's version.
fn opened(secret: &ServerSecret, sealed: Cell) -> Option<String> {
    let text = sealed.text()?;
    let digits = match text.strip_prefix("$ba$") {
        Some(versioned) => versioned.split_once('$')?.1,
        None => &text,
    };
    secret.open(&bytes(digits)?)
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if digits.len().is_multiple_of(2) { pairs.map(byte).collect() } else { None }
}

/// A live session and its token.
pub(super) fn session(cells: [Cell; 7], now: Timestamp) -> Result<(Session, String), &'static str> {
    let [token, ends, created, updated, address, agent, impersonator] = cells;
    if impersonator != Cell::Null {
        return Err("an administrator's, in the person's place");
    }
    let token = token.text().filter(|token| is_token(token)).ok_or("its token is none")?;
    let ends = ends.time().ok_or("when it ends cannot be read")?;
    if ends <= now {
        return Err("it has ended");
    }
    let created = created.time().ok_or("when it began cannot be read")?.min(now);
    let updated = updated.time().unwrap_or(created).clamp(created, now);
    let short = |cell: Cell| cell.text().unwrap_or_default().chars().take(500).collect();
    let device = Device { address: short(address), user_agent: short(agent), ..Device::default() };
    let session = session::adopted(created, updated, ends, device, now);
    session.map(|session| (session, token)).ok_or("it began more than thirty days ago")
}

/// Text that a cookie can carry before its signature.
fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b".;,\"\\".contains(&byte);
    (16..=255).contains(&text.len()) && text.bytes().all(fits)
}
