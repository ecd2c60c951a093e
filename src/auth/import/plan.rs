//! Who comes: what the file has, against what is here already.

use super::person::Person;
use super::report::{Outcome, Report, Row};
use super::source::Source;
use crate::auth::store::{self, imports};
use crate::db::Conn;
use crate::error::Result;

/// The people who come, and what is said of every row.
pub(super) struct Plan<'a> {
    pub(super) people: Vec<&'a Person>,
    rows: Vec<Row>,
}

/// Decides about each person alone. Nobody is joined to an account that is here.
pub(super) fn make<'a>(conn: Option<&Conn>, source: &'a Source) -> Result<Plan<'a>> {
    let mut plan = Plan { people: Vec::new(), rows: Vec::new() };
    for person in &source.people {
        let standing = match conn {
            Some(conn) => standing(conn, person)?,
            None => (Outcome::Imported, ""),
        };
        match (standing, &person.refusal) {
            ((Outcome::Imported, _), Some(why)) => plan.add(person, Outcome::Left, why),
            ((outcome, why), _) => plan.add(person, outcome, why),
        }
    }
    plan.rows.extend(source.left.iter().cloned());
    Ok(plan)
}

/// What becomes of somebody, seeing who is here.
fn standing(conn: &Conn, person: &Person) -> Result<(Outcome, &'static str)> {
    let (id, email) = (person.user.id.as_str(), person.user.email.as_deref().unwrap_or_default());
    let came_before = imports::is_imported(conn, id)?;
    let is_here = store::account_by_id(conn, id)?.is_some();
    Ok(match (came_before, is_here) {
        (true, true) => (Outcome::Unchanged, "was imported before; it is left as it is here"),
        (true, false) => (Outcome::Left, "was imported before, and has been deleted here since"),
        (false, true) => (Outcome::Conflict, "another account here has this id"),
        (false, false) if store::owner_by_email(conn, email)?.is_some() => {
            (Outcome::Conflict, "another account here has this e-mail; the two are not joined")
        }
        (false, false) => (Outcome::Imported, ""),
    })
}

impl<'a> Plan<'a> {
    fn add(&mut self, person: &'a Person, outcome: Outcome, why: &str) {
        let email = &person.user.email;
        let about = |row: &Row| Row { account: email.clone(), ..row.clone() };
        if outcome == Outcome::Imported {
            self.rows.extend(person.rows.iter().map(about));
            self.people.push(person);
            return;
        }
        // What would have been left anyhow keeps its own reason.
        self.rows.extend(person.rows.iter().map(about).map(|row| match row {
            Row { table, id, account, outcome: Outcome::Imported, .. } => {
                let is_user = table == "user";
                let theirs =
                    if is_user || outcome == Outcome::Unchanged { outcome } else { Outcome::Left };
                let why = if is_user { why.into() } else { format!("its account: {why}") };
                Row { table, id, account, outcome: theirs, why }
            }
            left => left,
        }));
    }

    pub(super) fn into_report(self, import: Option<i64>) -> Report {
        Report::new(import, self.rows)
    }
}
