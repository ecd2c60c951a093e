//! A person as the file has them, checked as strictly as one who signs up.

use super::report::{Outcome, Row};
use crate::auth::session::Session;
use crate::auth::user::{Email, User};
use crate::db::Cell;
use crate::ids::UserId;
use crate::time::Timestamp;

/// What a sign-up takes of a name, in characters, and of a picture, in bytes.
const LONGEST_NAME: usize = 200;
const LONGEST_IMAGE: usize = 4096;

/// Somebody, with what came along.
pub(super) struct Person {
    pub(super) user: User,
    /// Their sign-ins ask for a second factor.
    pub(super) has_factor: bool,
    pub(super) password_hash: Option<String>,
    /// The secret of the second factor, and the recovery codes that are left.
    pub(super) factor: Option<(String, Vec<String>)>,
    /// Live sessions, with their tokens.
    pub(super) sessions: Vec<(Session, String)>,
    /// Why they cannot come at all.
    pub(super) refusal: Option<String>,
    /// Their own row first, then those of the other tables.
    pub(super) rows: Vec<Row>,
}

/// The columns that a person is made of.
pub(super) const COLUMNS: [&str; 10] = [
    "id",
    "email",
    "name",
    "image",
    "emailVerified",
    "createdAt",
    "updatedAt",
    "twoFactorEnabled",
    "banned",
    "banExpires",
];

impl Person {
    /// Reads a row of the table of users; else gives its id and why it is no use.
    pub(super) fn read(cells: [Cell; 10], now: Timestamp) -> Result<Person, (String, String)> {
        let [id, email, name, image, verified, created, updated, factor, banned, ban_ends] = cells;
        let text = id.text().unwrap_or_default();
        let no_use = |why: &str| (text.clone(), why.to_owned());
        let id = user_id(&text).ok_or_else(|| no_use("its id cannot be kept"))?;
        let email = email.text().and_then(|email| Email::parse(&email).ok());
        let email = email.ok_or_else(|| no_use("its e-mail is none that people sign in with"))?;
        let mut remarks = Vec::new();
        let created_at = created.time().unwrap_or(now).clamp(Timestamp(0), now);
        let user = User {
            id,
            email: Some(email.as_str().to_owned()),
            name: short_name(name, &mut remarks),
            email_verified: verified.is_true(),
            image: short_image(image, &mut remarks),
            issuer: None,
            subject: None,
            disabled_at: ban(&banned, &ban_ends, now, &mut remarks),
            deleted_at: None,
            created_at,
            updated_at: updated.time().unwrap_or(created_at).clamp(created_at, now),
            two_factor_enabled: false,
        };
        let mut person = Person {
            user,
            has_factor: factor.is_true(),
            password_hash: None,
            factor: None,
            sessions: Vec::new(),
            refusal: None,
            rows: Vec::new(),
        };
        person.say("user", &text, Outcome::Imported, &remarks.join("; "));
        Ok(person)
    }

    /// Notes what becomes of one of their rows.
    pub(super) fn say(&mut self, table: &str, id: &str, outcome: Outcome, why: &str) {
        self.rows.push(Row::new(table, id, outcome, why));
    }

    /// Adds to what is said of the person.
    pub(super) fn remark(&mut self, text: &str) {
        if let Some(row) = self.rows.first_mut() {
            let gap = if row.why.is_empty() { "" } else { "; " };
            row.why = format!("{}{gap}{text}", row.why);
        }
    }
}

/// An id that commands cannot take for an e-mail, and terminals can show.
fn user_id(text: &str) -> Option<UserId> {
    let fits = (1..=255).contains(&text.len())
        && !text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '@');
    fits.then(|| UserId(text.to_owned()))
}

fn short_name(name: Cell, remarks: &mut Vec<String>) -> String {
    let name = name.text().unwrap_or_default();
    let kept: String = name.chars().filter(|c| *c != '\0').take(LONGEST_NAME).collect();
    if kept != name {
        remarks.push(format!("its name was cut to {LONGEST_NAME} characters"));
    }
    kept
}

fn short_image(image: Cell, remarks: &mut Vec<String>) -> Option<String> {
    let image = image.text()?;
    let fits = image.len() <= LONGEST_IMAGE && !image.contains('\0');
    if !fits {
        remarks.push(format!("its picture was left, being longer than {LONGEST_IMAGE} bytes"));
    }
    fits.then_some(image)
}

/// When it was disabled: now, if a ban is on.
fn ban(banned: &Cell, ends: &Cell, now: Timestamp, remarks: &mut Vec<String>) -> Option<Timestamp> {
    let ends = ends.time();
    if !banned.is_true() || ends.is_some_and(|ends| ends <= now) {
        return None;
    }
    remarks.push(match ends {
        Some(ends) => format!("disabled here, as it was banned there until {ends}"),
        None => "disabled here, as it was banned there".into(),
    });
    Some(now)
}
