//! What the file says, however its pages lie: the one definition of "the same
//! data", for backups, restores and exports.
//!
//! | hash | is over |
//! | --- | --- |
//! | an account's | its lists and tasks, each column that is set, in key order |
//! | a table's | every row and column in key order |
//! | the content's | the names and hashes of all tables |
//!
//! An account's hash leaves out what a copy elsewhere cannot have in common:
//! the number of its owner here, how far clients have come (`revision`, `version`),
//! and which indexes it is in (`indexed`). A column that is added later and is not
//! set changes nothing.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Result;

/// What a person's content is in.
const PERSONAL: [&str; 2] = ["lists", "tasks"];

/// Columns of those that are not the person's.
const INTERNAL: [&str; 4] = ["owner", "revision", "version", "indexed"];

/// How many rows are read between two words of progress.
const STRIDE: u64 = 4096;

/// Everything in a file, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub sha256: String,
    pub tables: BTreeMap<String, TableContent>,
    /// By account id.
    pub accounts: BTreeMap<String, AccountContent>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableContent {
    pub rows: u64,
    pub sha256: String,
}

/// What one person has, trash included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountContent {
    pub lists: u64,
    pub tasks: u64,
    pub sha256: String,
}

impl Content {
    /// Tasks of all accounts.
    pub fn tasks(&self) -> u64 {
        self.accounts.values().map(|account| account.tasks).sum()
    }

    /// Where two contents differ, in words; empty if they are the same.
    pub fn differences(&self, other: &Content) -> Vec<String> {
        let mut found = differing(&self.tables, &other.tables, "the rows of table");
        found.extend(differing(&self.accounts, &other.accounts, "what is in account"));
        if found.is_empty() && self.sha256 != other.sha256 {
            found.push("the hash of the content".into());
        }
        found
    }
}

/// Reads all of it within the transaction that `conn` is in. `progress` hears how
/// many rows are done, and may end it.
pub fn read(conn: &Connection, progress: &mut dyn FnMut(u64) -> Result<()>) -> Result<Content> {
    let mut people = People::of(conn)?;
    let (mut tables, mut whole, mut done) = (BTreeMap::new(), Sha256::new(), 0);
    for name in table_names(conn)? {
        let table = read_table(conn, &name, &mut people, &mut |rows| progress(done + rows))?;
        done += table.rows;
        append(&mut whole, name.as_bytes());
        append(&mut whole, table.sha256.as_bytes());
        tables.insert(name, table);
    }
    Ok(Content { sha256: hex(whole), tables, accounts: people.finish() })
}

fn read_table(
    conn: &Connection,
    name: &str,
    people: &mut People,
    progress: &mut dyn FnMut(u64) -> Result<()>,
) -> Result<TableContent> {
    let columns = names(conn, "select name from pragma_table_info(?1) order by cid", name)?;
    let mut keys =
        names(conn, "select name from pragma_table_info(?1) where pk > 0 order by pk", name)?;
    if keys.is_empty() {
        keys.push("rowid".into());
    }
    let list = |names: &[String]| {
        names.iter().map(|name| quoted(name)).collect::<Vec<String>>().join(", ")
    };
    let sql = format!("select {} from {} order by {}", list(&columns), quoted(name), list(&keys));
    let personal = PERSONAL.iter().position(|known| *known == name);
    let owner_at = columns.iter().position(|column| column == "owner");
    let (mut hash, mut rows, mut bytes) = (Sha256::new(), 0, Vec::new());
    let mut select = conn.prepare(&sql)?;
    let mut found = select.query([])?;
    while let Some(row) = found.next()? {
        bytes.clear();
        for index in 0..columns.len() {
            write_value(&mut bytes, row.get_ref(index)?);
        }
        hash.update(&bytes);
        if let (Some(table), Some(owner_at)) = (personal, owner_at) {
            bytes.clear();
            for (index, column) in columns.iter().enumerate() {
                write_own(&mut bytes, column, row.get_ref(index)?);
            }
            people.add(row.get(owner_at)?, table, &bytes);
        }
        rows += 1;
        if rows % STRIDE == 0 {
            progress(rows)?;
        }
    }
    progress(rows)?;
    Ok(TableContent { rows, sha256: hex(hash) })
}

/// An account's id, its rows in each table so far, and their hash.
type Person = (String, [u64; PERSONAL.len()], Sha256);

/// The accounts, and what was read of each so far.
struct People {
    by_owner: BTreeMap<i64, Person>,
}

impl People {
    fn of(conn: &Connection) -> Result<People> {
        let mut select = conn.prepare("select owner, id from users")?;
        let found = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut by_owner = BTreeMap::new();
        for account in found {
            let (owner, id): (i64, String) = account?;
            by_owner.insert(owner, (id, [0; PERSONAL.len()], Sha256::new()));
        }
        Ok(People { by_owner })
    }

    /// A row of nobody's is in its table's hash alone; the foreign keys tell.
    fn add(&mut self, owner: i64, table: usize, row: &[u8]) {
        if let Some((_, counts, hash)) = self.by_owner.get_mut(&owner) {
            counts[table] += 1;
            append(hash, PERSONAL[table].as_bytes());
            append(hash, row);
        }
    }

    fn finish(self) -> BTreeMap<String, AccountContent> {
        let account = |(id, counts, hash): Person| {
            let [lists, tasks] = counts;
            (id, AccountContent { lists, tasks, sha256: hex(hash) })
        };
        self.by_owner.into_values().map(account).collect()
    }
}

/// Tables that hold rows; what SQLite counts for itself says nothing of them.
fn table_names(conn: &Connection) -> Result<Vec<String>> {
    names(
        conn,
        "select name from sqlite_schema
         where type = 'table' and rootpage > 0 and name not glob ?1
         order by name",
        "sqlite_stat*",
    )
}

fn names(conn: &Connection, sql: &str, parameter: &str) -> Result<Vec<String>> {
    let mut select = conn.prepare(sql)?;
    let found = select.query_map([parameter], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A value with its kind and length, so that no two rows read alike.
fn write_value(bytes: &mut Vec<u8>, value: ValueRef) {
    let mut put = |kind: u8, value: &[u8]| {
        bytes.push(kind);
        bytes.extend_from_slice(&(value.len() as u64).to_be_bytes());
        bytes.extend_from_slice(value);
    };
    match value {
        ValueRef::Null => put(0, &[]),
        ValueRef::Integer(number) => put(1, &number.to_be_bytes()),
        ValueRef::Real(number) => put(2, &number.to_bits().to_be_bytes()),
        ValueRef::Text(text) => put(3, text),
        ValueRef::Blob(blob) => put(4, blob),
    }
}

fn write_own(bytes: &mut Vec<u8>, column: &str, value: ValueRef) {
    if value != ValueRef::Null && !INTERNAL.contains(&column) {
        write_value(bytes, ValueRef::Text(column.as_bytes()));
        write_value(bytes, value);
    }
}

fn append(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
}

/// A finished hash as people read it.
pub(super) fn hex(hash: Sha256) -> String {
    format!("{:x}", hash.finalize())
}

/// At most five of the names whose values differ.
fn differing<T: PartialEq>(
    one: &BTreeMap<String, T>,
    other: &BTreeMap<String, T>,
    what: &str,
) -> Vec<String> {
    let gone = other.keys().filter(|name| !one.contains_key(*name));
    let changed = one.iter().filter(|(name, value)| other.get(*name) != Some(value));
    let names = changed.map(|(name, _)| name).chain(gone);
    names.take(5).map(|name| format!("{what} {name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two people; the second has a task with this title.
    fn file(title: &str) -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(
            "create table users (owner integer primary key, id text);
             create table lists (owner integer, id blob, name text, primary key (owner, id));
             create table tasks (owner integer, id blob, title text, due text, revision integer,
                 primary key (owner, id)) without rowid;
             insert into users values (1, 'ada'), (2, 'bob');
             insert into lists values (1, x'01', 'Inbox'), (2, x'02', 'Inbox');",
        )
        .unwrap();
        let insert = "insert into tasks values (2, x'03', ?1, null, 5)";
        conn.execute(insert, [title]).unwrap();
        conn
    }

    fn content(conn: &Connection) -> Content {
        read(conn, &mut |_| Ok(())).unwrap()
    }

    #[test]
    fn what_differs_is_named() {
        let (milk, bread) = (content(&file("milk")), content(&file("bread")));
        assert_eq!(milk, content(&file("milk")));
        assert_eq!(milk.accounts["ada"], bread.accounts["ada"]);
        assert_eq!((milk.accounts["bob"].lists, milk.accounts["bob"].tasks), (1, 1));
        let differences = milk.differences(&bread);
        assert_eq!(differences, ["the rows of table tasks", "what is in account bob"]);
        assert!(milk.differences(&milk).is_empty());
    }

    #[test]
    fn pages_numbers_and_new_columns_do_not_change_an_account() {
        let conn = file("milk");
        let before = content(&conn);
        conn.execute_batch(
            "insert into tasks values (1, x'ff', 'gone', null, 1);
             delete from tasks where owner = 1;
             vacuum;",
        )
        .unwrap();
        assert_eq!(content(&conn), before);
        conn.execute_batch(
            "alter table tasks add column parent blob;
             update tasks set owner = 7, revision = 9;
             update lists set owner = 7 where owner = 2;
             update users set owner = 7 where owner = 2;",
        )
        .unwrap();
        let after = content(&conn);
        assert_eq!(after.accounts, before.accounts);
        assert_ne!(after.sha256, before.sha256);
    }

    #[test]
    fn values_that_look_alike_are_told_apart() {
        let hash = |sql: &str| {
            let conn = Connection::open_in_memory().unwrap();
            conn.execute_batch("create table users (owner, id); create table t (a, b)").unwrap();
            conn.execute_batch(&format!("insert into t values {sql}")).unwrap();
            content(&conn).sha256
        };
        let rows =
            ["('ab', 'c')", "('a', 'bc')", "(null, '')", "('', null)", "(1, 1.0)", "('1', 1)"];
        let hashes: std::collections::BTreeSet<String> = rows.map(hash).into();
        assert_eq!(hashes.len(), rows.len());
    }
}
