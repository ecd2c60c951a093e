//! `/api/tasks`.

use rocket::http::Status;
use rocket::{Route, State, delete, get, patch, post, put, routes};

use super::App;
use super::body::Body;
use super::caller::Caller;
use super::conditional::{IfMatch, IfNoneMatch, by_revision, unless_known};
use super::params::{IdempotencyKey, Query, TaskPath};
use super::reply::{Reply, to_json};
use crate::error::{Error, Result};
use crate::sync::{self, Answer};
use crate::tasks::{self, NewTask, Task, TaskPatch, etag};
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![list, create, read, replace, change, remove, restore]
}

#[get("/")]
async fn list(
    caller: Caller,
    app: &State<App>,
    query: Query<'_>,
    known: IfNoneMatch,
) -> Result<Reply> {
    page(&caller, app, query, known).await
}

/// One page of the caller's tasks. A page that cannot have changed is told
/// from the owner's revision alone.
pub(super) async fn page(
    caller: &Caller,
    app: &State<App>,
    query: Query<'_>,
    known: IfNoneMatch,
) -> Result<Reply> {
    let address = query.address();
    let query = tasks::read_query(query.pairs())?;
    let owner = caller.owner;
    by_revision(app, owner, known, move |conn| {
        let page = tasks::list(conn, owner, &query)?;
        Ok(Reply::kept(&page)?.next_page(&address, page.next_cursor.as_deref()))
    })
    .await
}

#[post("/", data = "<body>")]
async fn create(
    caller: Caller,
    app: &State<App>,
    key: IdempotencyKey,
    body: Body,
) -> Result<Reply> {
    add(&caller, app, key, body, "/api/tasks".into()).await
}

/// Makes a task; `base` is the address of the collection it appears in.
pub(super) async fn add(
    caller: &Caller,
    app: &State<App>,
    key: IdempotencyKey,
    body: Body,
    base: String,
) -> Result<Reply> {
    let retry = key.of("POST", &base, &body.bytes);
    let new = NewTask::read(body.json)?;
    let (owner, now) = (caller.owner, Timestamp::now());
    let answer = app
        .db
        .write(move |tx| {
            sync::once(tx, owner, retry.as_ref(), now, || {
                let task = tasks::create(tx, owner, new, now)?;
                let location = format!("{base}/{}", task.id);
                Answer::made(&task, location, etag(task.version))
            })
        })
        .await?;
    Ok(answer.into())
}

#[get("/<id>")]
async fn read(caller: Caller, app: &State<App>, id: TaskPath, known: IfNoneMatch) -> Result<Reply> {
    one(&caller, app, id, known).await
}

pub(super) async fn one(
    caller: &Caller,
    app: &State<App>,
    id: TaskPath,
    known: IfNoneMatch,
) -> Result<Reply> {
    let (owner, id) = (caller.owner, id.get()?);
    app.db
        .read(owner, move |conn| {
            let task = tasks::get(conn, owner, id)?;
            unless_known(&known, etag(task.version), || Reply::kept(&task))
        })
        .await
}

#[put("/<id>", data = "<body>")]
async fn replace(
    caller: Caller,
    app: &State<App>,
    id: TaskPath,
    expect: IfMatch,
    only_new: IfNoneMatch,
    body: Body,
) -> Result<Reply> {
    let new = NewTask::read(body.json)?;
    let id = id.chosen()?;
    let (owner, now) = (caller.owner, Timestamp::now());
    let (task, made) = app
        .db
        .write(move |tx| {
            if only_new.is_any()
                && let Ok(task) = tasks::get(tx, owner, id)
            {
                let current = String::from_utf8(to_json(&task)?).unwrap_or_default();
                return Err(Error::PreconditionFailed { etag: etag(task.version), current });
            }
            tasks::put(tx, owner, id, new, &expect.0, now)
        })
        .await?;
    let reply = changed(&task)?;
    Ok(if made {
        reply.status(Status::Created).header("Location", format!("/api/tasks/{}", task.id))
    } else {
        reply
    })
}

#[patch("/<id>", data = "<body>")]
async fn change(
    caller: Caller,
    app: &State<App>,
    id: TaskPath,
    expect: IfMatch,
    body: Body,
) -> Result<Reply> {
    let patch = TaskPatch::read(body.json)?;
    apply(&caller, app, id, expect, patch).await
}

pub(super) async fn apply(
    caller: &Caller,
    app: &State<App>,
    id: TaskPath,
    expect: IfMatch,
    patch: TaskPatch,
) -> Result<Reply> {
    let (owner, id, now) = (caller.owner, id.get()?, Timestamp::now());
    let task = app.db.write(move |tx| tasks::update(tx, owner, id, patch, &expect.0, now)).await?;
    changed(&task)
}

#[delete("/<id>")]
async fn remove(caller: Caller, app: &State<App>, id: TaskPath, expect: IfMatch) -> Result<Reply> {
    trash(&caller, app, id, expect).await
}

pub(super) async fn trash(
    caller: &Caller,
    app: &State<App>,
    id: TaskPath,
    expect: IfMatch,
) -> Result<Reply> {
    let (owner, id, now) = (caller.owner, id.get()?, Timestamp::now());
    app.db.write(move |tx| tasks::trash(tx, owner, id, &expect.0, now)).await?;
    Ok(Reply::no_content())
}

#[post("/<id>/restore")]
async fn restore(caller: Caller, app: &State<App>, id: TaskPath) -> Result<Reply> {
    let (owner, id, now) = (caller.owner, id.get()?, Timestamp::now());
    let task = app.db.write(move |tx| tasks::restore(tx, owner, id, now)).await?;
    changed(&task)
}

/// A task as it is after a change.
pub(super) fn changed(task: &Task) -> Result<Reply> {
    Ok(Reply::json(task)?.etag(etag(task.version)))
}
