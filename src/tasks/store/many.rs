//! Whose tasks are in the indexes by due date and by change.
//!
//! A person's rows lie together, so that a few hundred are read and sorted in a
//! fifth of a millisecond. Each index would add a page or two to what a write logs
//! and syncs: these two have only the tasks of those who have many.

use rusqlite::named_params;

use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;

/// More tasks than this are many, with those in the trash.
const FEW: usize = 500;

/// How the indexes themselves say it.
pub(super) const INDEXED: &str = " and indexed = 1";

/// How many revisions go by between two looks at whether tasks have become many.
const LOOK: i64 = 64;

/// What a statement adds to `owner = ...` to be served by such an index: nothing
/// while a person has few. Whoever has many has all of them in it, and stays so.
pub(super) fn if_indexed(conn: &Conn, owner: Owner) -> Result<&'static str> {
    Ok(if is_indexed(conn, owner)? { INDEXED } else { "" })
}

fn is_indexed(conn: &Conn, owner: Owner) -> Result<bool> {
    let indexed = conn
        .prepare_cached("select indexed from revisions where owner = :owner")?
        .query_row(named_params! { ":owner": owner }, |row| row.get(0))?;
    Ok(indexed)
}

/// Looks now and then whether the tasks of this person have become many.
pub(super) fn look_at(tx: &Tx, owner: Owner, revision: i64) -> Result<()> {
    if revision % LOOK == 0 { index_if_many(tx, owner, 0) } else { Ok(()) }
}

/// Puts a person's tasks into the indexes if, with those that are about to come,
/// they are many. It is quicker before than after.
pub(in crate::tasks) fn index_if_many(tx: &Tx, owner: Owner, coming: usize) -> Result<()> {
    if is_indexed(tx, owner)? || count(tx, owner)? + coming <= FEW {
        return Ok(());
    }
    for table in ["revisions", "tasks"] {
        tx.prepare_cached(&format!("update {table} set indexed = 1 where owner = :owner"))?
            .execute(named_params! { ":owner": owner })?;
    }
    Ok(())
}

/// How many tasks a person has, or how many more than few.
fn count(conn: &Conn, owner: Owner) -> Result<usize> {
    let count: i64 = conn
        .prepare_cached(
            "select count(*) from (select 1 from tasks where owner = :owner limit :most)",
        )?
        .query_row(named_params! { ":owner": owner, ":most": FEW as i64 + 1 }, |row| row.get(0))?;
    Ok(count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::user;
    use crate::db::{Db, Role};
    use crate::ids::TaskId;
    use crate::tasks::{self, Expect, NewTask, TaskQuery, read_query};
    use crate::time::Timestamp;

    fn somebody(db: &Db, name: &str) -> Owner {
        let email = user::Email::parse(&format!("{name}@example.org")).unwrap();
        db.write_now(move |tx| {
            let user = user::add(tx, email, "", None, Timestamp(1))?;
            user::find(tx, user.id.as_str())
        })
        .unwrap()
    }

    /// Makes this many, due on one day of a month or another, or on none.
    fn add(db: &Db, owner: Owner, count: usize) -> Vec<TaskId> {
        let one = move |tx: &Tx, index: usize| {
            let due =
                (!index.is_multiple_of(3)).then(|| format!("2026-12-{:02}", index * 7 % 28 + 1));
            let body = serde_json::json!({ "title": format!("task {index}"), "due": due });
            Ok(tasks::create(tx, owner, NewTask::read(body)?, Timestamp(1))?.id)
        };
        db.write_now(move |tx| (0..count).map(|index| one(tx, index)).collect()).unwrap()
    }

    /// How many rows of a person are in the indexes, and how many are not.
    fn counts(db: &Db, owner: Owner) -> (i64, i64) {
        db.read_now(|conn| {
            let sql = "select coalesce(sum(indexed), 0), coalesce(sum(indexed = 0), 0)
                from tasks where owner = ?1";
            Ok(conn.query_row(sql, [owner], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
        .unwrap()
    }

    fn query(text: &str) -> TaskQuery {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        read_query(pairs.map(|(name, value)| (name.into(), value.into()))).unwrap()
    }

    /// The ids that a query finds, as many as a page may have.
    fn found(db: &Db, owner: Owner, text: &str) -> Vec<TaskId> {
        let page = db.read_now(|conn| tasks::list(conn, owner, &query(text))).unwrap();
        page.items.into_iter().map(|task| task.id).collect()
    }

    #[test]
    fn tasks_are_indexed_once_they_are_many_and_stay_so() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path(), Role::Command).unwrap();
        let (many, few) = (somebody(&db, "many"), somebody(&db, "few"));
        let queries = ["limit=200&sort=due&completed=false", "limit=200&sort=-updated_at"];
        add(&db, few, 3);
        let first = add(&db, many, FEW - LOOK as usize);
        assert_eq!(counts(&db, many), (0, first.len() as i64));
        let before = queries.map(|text| found(&db, many, text));
        db.write_now(move |tx| index_if_many(tx, many, LOOK as usize + 1)).unwrap();
        assert_eq!(counts(&db, many), (first.len() as i64, 0));
        assert_eq!(before, queries.map(|text| found(&db, many, text)));

        let more = add(&db, many, 2 * LOOK as usize);
        let gone = more[0];
        db.write_now(move |tx| {
            tasks::trash(tx, many, gone, &Expect::Anything, Timestamp(2))?;
            tasks::purge(tx, many)
        })
        .unwrap();
        assert_eq!(counts(&db, many), ((first.len() + more.len() - 1) as i64, 0));
        assert_eq!(counts(&db, few), (0, 3));
        db.close();
    }

    #[test]
    fn whoever_adds_one_after_another_is_noticed() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path(), Role::Command).unwrap();
        let owner = somebody(&db, "ada");
        add(&db, owner, FEW + LOOK as usize);
        let (indexed, not) = counts(&db, owner);
        assert_eq!((indexed, not), ((FEW + LOOK as usize) as i64, 0));
        db.close();
    }
}
