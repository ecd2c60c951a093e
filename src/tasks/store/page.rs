//! Pages of tasks: one statement for each filter and order, by key and never by offset.

use rusqlite::types::Value as Sql;
use rusqlite::{Row, params_from_iter};

use super::many::if_indexed;
use super::{TASK, task_from};
use crate::db::Conn;
use crate::error::Result;
use crate::ids::Owner;
use crate::tasks::query::{Key, SortKey, TaskQuery};
use crate::tasks::task::Task;

/// The columns to sort by, in SQL, before the id that breaks ties.
fn sort_columns(sort: SortKey, one_list: bool) -> &'static [&'static str] {
    match sort {
        // The id's own time: a page is one stretch of the table.
        SortKey::CreatedAt => &[],
        // The revision rises with every change, whatever the clock does.
        SortKey::UpdatedAt => &["revision"],
        SortKey::CompletedAt => &["completed_at"],
        SortKey::Due => &["coalesce(due, '~')"],
        SortKey::Priority => &["priority"],
        SortKey::Title => &["title collate nocase"],
        SortKey::Position if one_list => &["position"],
        SortKey::Position => &["list_id", "position"],
    }
}

/// The statement for a query, and its parameters in order. `indexed` is what it adds
/// to be served by an index that only those with many tasks have.
fn page_sql(owner: Owner, indexed: &str, query: &TaskQuery) -> (String, Vec<Sql>) {
    let mut columns = sort_columns(query.sort.key, query.list.is_some()).to_vec();
    columns.push("id");
    let mut sql =
        format!("select {TASK}, {}\nfrom tasks\nwhere owner = ?{indexed}", columns.join(", "));
    let mut values = vec![Sql::Integer(owner.0)];
    if query.sort.key == SortKey::UpdatedAt {
        // This index has the trash too.
        sql.push_str(" and +deleted_at is null");
    } else {
        sql.push_str(" and deleted_at is null");
    }
    match query.completed {
        Some(true) => sql.push_str(" and completed_at is not null"),
        Some(false) => sql.push_str(" and completed_at is null"),
        None => {}
    }
    if let Some(list) = query.list {
        sql.push_str(" and list_id = ?");
        values.push(Sql::Blob(list.0.as_bytes().to_vec()));
    }
    if let Some(bound) = &query.due_before {
        sql.push_str(" and coalesce(due, '~') < ?");
        values.push(Sql::Text(bound.as_str().into()));
    }
    if let Some(bound) = &query.due_after {
        sql.push_str(" and coalesce(due, '~') >= ? and due is not null");
        values.push(Sql::Text(bound.as_str().into()));
    }
    for word in &query.words {
        sql.push_str(" and contains_word(title, description, ?)");
        values.push(Sql::Text(word.clone()));
    }
    if let Some(cursor) = &query.cursor {
        let marks = vec!["?"; columns.len()].join(", ");
        let beyond = if query.sort.descending { "<" } else { ">" };
        sql.push_str(&format!(" and ({}) {beyond} ({marks})", columns.join(", ")));
        values.extend(cursor.keys.iter().enumerate().map(|(index, key)| {
            from_key(key, columns[index] == "id" || columns[index] == "list_id")
        }));
    }
    let direction = if query.sort.descending { " desc" } else { "" };
    let order: Vec<String> = columns.iter().map(|column| format!("{column}{direction}")).collect();
    sql.push_str(&format!("\norder by {}\nlimit ?", order.join(", ")));
    values.push(Sql::Integer(i64::from(query.limit.0) + 1));
    (sql, values)
}

/// How many values a cursor of this query holds.
pub(in crate::tasks) fn cursor_length(query: &TaskQuery) -> usize {
    sort_columns(query.sort.key, query.list.is_some()).len() + 1
}

/// Up to the limit, and the keys that the last of them sorts by if more follow.
pub(in crate::tasks) fn page(
    conn: &Conn,
    owner: Owner,
    query: &TaskQuery,
) -> Result<(Vec<Task>, Option<Vec<Key>>)> {
    let indexed = match query.sort.key {
        SortKey::Due | SortKey::UpdatedAt => if_indexed(conn, owner)?,
        _ => "",
    };
    let (sql, values) = page_sql(owner, indexed, query);
    let limit = query.limit.0 as usize;
    let mut statement = conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let (mut tasks, mut last) = (Vec::with_capacity(limit), None);
    while let Some(row) = rows.next()? {
        if tasks.len() == limit {
            return Ok((tasks, last));
        }
        tasks.push(task_from(row)?);
        if tasks.len() == limit {
            last = Some(keys_from(row, cursor_length(query))?);
        }
    }
    Ok((tasks, None))
}

/// What a row sorts by: the columns after the task's own.
fn keys_from(row: &Row, length: usize) -> rusqlite::Result<Vec<Key>> {
    (11..11 + length).map(|index| Ok(to_key(row.get(index)?))).collect()
}

fn to_key(value: Sql) -> Key {
    match value {
        Sql::Integer(number) => Key::Number(number),
        Sql::Text(text) => Key::Text(text),
        Sql::Blob(bytes) => {
            Key::Text(uuid::Uuid::from_slice(&bytes).unwrap_or_default().to_string())
        }
        Sql::Null | Sql::Real(_) => Key::Number(0),
    }
}

fn from_key(key: &Key, is_id: bool) -> Sql {
    match key {
        Key::Number(number) => Sql::Integer(*number),
        Key::Text(text) if is_id => {
            let id = uuid::Uuid::try_parse(text).unwrap_or_default();
            Sql::Blob(id.as_bytes().to_vec())
        }
        Key::Text(text) => Sql::Text(text.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Db, Role};
    use crate::tasks::read_query;
    use crate::tasks::store::many::INDEXED;

    /// The plan of a query as SQLite tells it.
    fn plan(db: &Db, indexed: &str, text: &str) -> String {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        let query = read_query(pairs.map(|(name, value)| (name.into(), value.into()))).unwrap();
        let (sql, values) = page_sql(Owner(1), indexed, &query);
        db.read_now(|conn| {
            let mut statement = conn.prepare(&format!("explain query plan {sql}"))?;
            let rows = statement.query_map(params_from_iter(values), |row| row.get(3))?;
            let lines: rusqlite::Result<Vec<String>> = rows.collect();
            Ok(lines?.join("; "))
        })
        .unwrap()
    }

    #[test]
    fn each_index_serves_the_query_it_names() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path(), Role::Command).unwrap();
        let list = "list=01a1f9b5-d98f-7a14-925f-542a089458e7";
        for (query, index) in [
            ("limit=20".to_owned(), "PRIMARY KEY"),
            ("sort=-created_at".into(), "PRIMARY KEY"),
            ("completed=false".into(), "PRIMARY KEY"),
            (format!("{list}&completed=false&sort=position"), "tasks_by_list"),
            ("completed=false&sort=position".into(), "tasks_by_list"),
            (format!("{list}&sort=position"), "tasks_by_list"),
            ("completed=true&sort=-completed_at".into(), "tasks_by_completion"),
        ] {
            let plan = plan(&db, "", &query);
            assert!(plan.contains(index), "{query}: {plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{query}: {plan}");
        }
        db.close();
    }

    #[test]
    fn what_only_those_with_many_have_an_index_for_others_sort() {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(dir.path(), Role::Command).unwrap();
        for (query, index) in [
            ("completed=false&sort=due", "tasks_open_by_due"),
            ("completed=false&sort=-due", "tasks_open_by_due"),
            ("completed=false&sort=due&due_before=2026-12-03", "tasks_open_by_due"),
            ("sort=-updated_at", "tasks_by_revision"),
        ] {
            let (many, few) = (plan(&db, INDEXED, query), plan(&db, "", query));
            assert!(many.contains(index) && !many.contains("TEMP B-TREE"), "{query}: {many}");
            assert!(few.contains("PRIMARY KEY (owner=?)"), "{query}: {few}");
        }
        db.close();
    }
}
