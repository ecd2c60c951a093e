//! The file's tables, read into people.

use std::collections::{HashMap, HashSet};

use super::OldSecret;
use super::person::{self, Person};
use super::report::{Outcome, Row};
use super::rows::{credential, open_factor, session};
use crate::auth::user::User;
use crate::db::{Cell, Foreign, Table, is_same_name};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// What a file has, before anything of it is compared with what is here.
pub struct Source {
    pub(super) file: String,
    pub(super) people: Vec<Person>,
    /// Rows that belong to nobody or are no use.
    pub(super) left: Vec<Row>,
}

const ACCOUNT: [&str; 5] = ["id", "userId", "accountId", "providerId", "password"];
const FACTOR: [&str; 5] = ["id", "userId", "secret", "backupCodes", "verified"];
const SESSION: [&str; 9] = [
    "id",
    "userId",
    "token",
    "expiresAt",
    "createdAt",
    "updatedAt",
    "ipAddress",
    "userAgent",
    "impersonatedBy",
];

/// Columns that are known to hold nothing of use here.
const OTHER: &[&str] = &[
    "accessToken",
    "refreshToken",
    "idToken",
    "accessTokenExpiresAt",
    "refreshTokenExpiresAt",
    "scope",
    "createdAt",
    "updatedAt",
    "failedVerificationCount",
    "lockedUntil",
    "banReason",
];

/// Tables that are left as a whole, and why.
const LEFT: &[(&str, &str)] = &[
    ("verification", "links and codes of the old server are asked for anew"),
    ("jwks", "Docket signs tokens with keys of its own"),
    ("passkey", "passkeys are not there yet"),
];

/// Reads all of it.
pub(super) fn read(
    foreign: &Foreign,
    file: String,
    old: Option<&OldSecret>,
    now: Timestamp,
) -> Result<Source> {
    let tables = foreign.tables()?;
    let people = HashMap::new();
    let source = Source { file, people: Vec::new(), left: Vec::new() };
    let mut reader = Reader { foreign, tables, old, now, source, people, tokens: HashSet::new() };
    reader.users()?;
    reader.accounts()?;
    reader.factors()?;
    reader.sessions()?;
    reader.others()?;
    Ok(reader.done())
}

struct Reader<'a> {
    foreign: &'a Foreign,
    tables: Vec<Table>,
    old: Option<&'a OldSecret>,
    now: Timestamp,
    source: Source,
    /// Where somebody is among the people, by their id.
    people: HashMap<String, usize>,
    tokens: HashSet<String>,
}

impl Reader<'_> {
    fn users(&mut self) -> Result<()> {
        let table = self.needed("user", &["id", "email"])?;
        let mut emails = HashSet::new();
        self.foreign.each(&table, person::COLUMNS, |cells| {
            let person = Person::read(cells, self.now).and_then(|person| {
                let User { id, email, .. } = &person.user;
                if self.people.contains_key(id.as_str()) || !emails.insert(email.clone()) {
                    let why = "another row of the file has the same id or e-mail";
                    return Err((id.to_string(), why.to_owned()));
                }
                Ok(person)
            });
            match person {
                Ok(person) => {
                    self.people.insert(person.user.id.to_string(), self.source.people.len());
                    self.source.people.push(person);
                }
                Err((id, why)) => self.source.leave("user", &id, &why),
            }
        })?;
        self.unknown_columns("user", &table, &person::COLUMNS)
    }

    fn accounts(&mut self) -> Result<()> {
        let table = self.needed("account", &["userId", "providerId", "password"])?;
        let foreign = self.foreign;
        foreign.each(&table, ACCOUNT, |[id, user, account, provider, password]| {
            let (id, user) = (id.text().unwrap_or_default(), user.text().unwrap_or_default());
            let provider = provider.text().unwrap_or_default();
            let Some(person) = self.person(&user) else {
                return self.source.leave("account", &id, "it is nobody's");
            };
            let read = if provider != "credential" {
                Err(format!("signing in through {provider} is not there yet"))
            } else if account.text().is_some_and(|account| account != user) {
                Err("it is not its person's own password".into())
            } else if person.password_hash.is_some() {
                Err("the person has another password".into())
            } else {
                credential(password)
            };
            match read {
                Ok(hash) => {
                    person.password_hash = Some(hash);
                    person.say("account", &id, Outcome::Imported, "");
                }
                Err(why) => person.say("account", &id, Outcome::Left, &why),
            }
        })?;
        self.unknown_columns("account", &table, &ACCOUNT)
    }

    fn factors(&mut self) -> Result<()> {
        let Some(table) = self.table("twoFactor") else { return Ok(()) };
        let (foreign, old) = (self.foreign, self.old);
        foreign.each(&table, FACTOR, |[id, user, secret, codes, verified]| {
            let (id, user) = (id.text().unwrap_or_default(), user.text().unwrap_or_default());
            let Some(person) = self.person(&user) else {
                return self.source.leave("twoFactor", &id, "it is nobody's");
            };
            // Before there was the column, what was not finished was not marked.
            let finished = person.has_factor && (verified == Cell::Null || verified.is_true());
            let read = match old {
                _ if !finished => Err("setting it up was never finished"),
                _ if person.factor.is_some() => Err("the person has another"),
                None => Err("it opens only with the old server's secret"),
                Some(old) => open_factor(&old.secret, secret, codes),
            };
            match read {
                Ok(factor) => {
                    person.factor = Some(factor);
                    person.say("twoFactor", &id, Outcome::Imported, "");
                }
                Err(why) => person.say("twoFactor", &id, Outcome::Left, why),
            }
        })?;
        self.unknown_columns("twoFactor", &table, &FACTOR)
    }

    fn sessions(&mut self) -> Result<()> {
        let Some(table) = self.table("session") else { return Ok(()) };
        let (foreign, now) = (self.foreign, self.now);
        let keeps = match self.old {
            None => Err("its cookie is good only with the old server's secret"),
            Some(old) if !old.is_ours => Err("its cookie was signed with another secret"),
            Some(_) => Ok(()),
        };
        foreign.each(&table, SESSION, |cells| {
            let [id, user, cells @ ..] = cells;
            let (id, user) = (id.text().unwrap_or_default(), user.text().unwrap_or_default());
            let Some(&at) = self.people.get(&user) else {
                return self.source.leave("session", &id, "it is nobody's");
            };
            let person = &mut self.source.people[at];
            let read = session(cells, now).and_then(|read| {
                keeps?;
                if person.user.disabled_at.is_some() {
                    return Err("its account is disabled");
                }
                if !self.tokens.insert(read.1.clone()) {
                    return Err("another row of the file has the same token");
                }
                Ok(read)
            });
            match read {
                Ok(read) => {
                    person.sessions.push(read);
                    person.say("session", &id, Outcome::Imported, "");
                }
                Err(why) => person.say("session", &id, Outcome::Left, why),
            }
        })?;
        self.unknown_columns("session", &table, &SESSION)
    }

    /// Says what is left without being looked into.
    fn others(&mut self) -> Result<()> {
        let read: Vec<Option<String>> = ["user", "account", "session", "twoFactor"]
            .iter()
            .map(|name| self.table(name).map(|table| table.name))
            .collect();
        let foreign = self.foreign;
        for table in self.tables.clone() {
            if read.iter().flatten().any(|name| *name == table.name) {
                continue;
            }
            let Some((name, why)) = LEFT.iter().find(|(name, _)| is_named(&table, name)) else {
                let why =
                    format!("a table not known here, with {} rows", foreign.count(&table, None)?);
                self.source.leave(&table.name, "", &why);
                continue;
            };
            foreign.each(&table, ["id"], |[id]| {
                self.source.leave(name, &id.text().unwrap_or_default(), why);
            })?;
        }
        Ok(())
    }

    fn unknown_columns(&mut self, name: &str, table: &Table, known: &[&str]) -> Result<()> {
        for column in &table.columns {
            if known.iter().chain(OTHER).any(|known| is_same_name(known, column)) {
                continue;
            }
            let filled = self.foreign.count(table, Some(column))?;
            if filled > 0 {
                let why = format!("a column not known here, filled in {filled} rows");
                self.source.leave(name, column, &why);
            }
        }
        Ok(())
    }

    fn table(&self, name: &str) -> Option<Table> {
        let exact = self.tables.iter().find(|table| table.name == name);
        exact.or_else(|| self.tables.iter().find(|table| is_named(table, name))).cloned()
    }

    fn needed(&self, name: &str, columns: &[&str]) -> Result<Table> {
        let refuse =
            |what: String| Error::Setup(format!("it is no Better Auth database: it has no {what}"));
        let table = self.table(name).ok_or_else(|| refuse(format!("table {name}")))?;
        match columns.iter().find(|column| table.column(column).is_none()) {
            Some(column) => Err(refuse(format!("column {name}.{column}"))),
            None => Ok(table),
        }
    }

    fn person(&mut self, id: &str) -> Option<&mut Person> {
        let at = *self.people.get(id)?;
        self.source.people.get_mut(at)
    }

    /// Judges each person by all that was found.
    fn done(mut self) -> Source {
        for person in &mut self.source.people {
            if person.password_hash.is_none() {
                person.remark("has no password here; needs a link to set one");
            }
            // A door that had two locks is not left with one.
            if person.has_factor && person.factor.is_none() {
                person.refusal = Some("its second factor cannot come along".into());
            }
        }
        self.source
    }
}

impl Source {
    fn leave(&mut self, table: &str, id: &str, why: &str) {
        self.left.push(Row::new(table, id, Outcome::Left, why));
    }
}

/// True for `user` and, as some make them, `users`.
fn is_named(table: &Table, name: &str) -> bool {
    is_same_name(&table.name, name) || is_same_name(&table.name, &format!("{name}s"))
}
