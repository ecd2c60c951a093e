//! `/api/lists`.

use rocket::http::Status;
use rocket::{Route, State, delete, get, patch, post, put, routes};

use super::App;
use super::body::Body;
use super::caller::Caller;
use super::conditional::{IfMatch, IfNoneMatch, by_revision, unless_known};
use super::params::{IdempotencyKey, ListPath, Query};
use super::reply::{Reply, to_json};
use crate::error::{Error, Result};
use crate::sync::{self, Answer};
use crate::tasks::{self, List, ListPatch, NewList, Page, Params, etag};
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![all, counts, create, read, replace, change, remove, restore]
}

/// A person has a handful of lists: one page is all of them.
#[get("/")]
async fn all(
    caller: Caller,
    app: &State<App>,
    query: Query<'_>,
    known: IfNoneMatch,
) -> Result<Reply> {
    Params::new(query.pairs()).done()?;
    let owner = caller.owner;
    by_revision(app, owner, known, move |conn| {
        let items = tasks::all_lists(conn, owner)?;
        Reply::kept(&Page { items, next_cursor: None })
    })
    .await
}

#[get("/counts")]
async fn counts(
    caller: Caller,
    app: &State<App>,
    query: Query<'_>,
    known: IfNoneMatch,
) -> Result<Reply> {
    Params::new(query.pairs()).done()?;
    let owner = caller.owner;
    by_revision(app, owner, known, move |conn| {
        let items = tasks::counts(conn, owner)?;
        Reply::kept(&Page { items, next_cursor: None })
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
    let retry = key.of("POST", "/api/lists", &body.bytes);
    let new = NewList::read(body.json)?;
    let (owner, now) = (caller.owner, Timestamp::now());
    let answer = app
        .db
        .write(move |tx| {
            sync::once(tx, owner, retry.as_ref(), now, || {
                let list = tasks::create_list(tx, owner, new, now)?;
                Answer::made(&list, format!("/api/lists/{}", list.id), etag(list.version))
            })
        })
        .await?;
    Ok(answer.into())
}

#[get("/<id>", rank = 2)]
async fn read(caller: Caller, app: &State<App>, id: ListPath, known: IfNoneMatch) -> Result<Reply> {
    let (owner, id) = (caller.owner, id.get()?);
    app.db
        .read(owner, move |conn| {
            let list = tasks::get_list(conn, owner, id)?;
            unless_known(&known, etag(list.version), || Reply::kept(&list))
        })
        .await
}

#[put("/<id>", data = "<body>")]
async fn replace(
    caller: Caller,
    app: &State<App>,
    id: ListPath,
    expect: IfMatch,
    only_new: IfNoneMatch,
    body: Body,
) -> Result<Reply> {
    let new = NewList::read(body.json)?;
    let (owner, id, now) = (caller.owner, id.chosen()?, Timestamp::now());
    let (list, made) = app
        .db
        .write(move |tx| {
            if only_new.is_any()
                && let Ok(list) = tasks::get_list(tx, owner, id)
            {
                let current = String::from_utf8(to_json(&list)?).unwrap_or_default();
                return Err(Error::PreconditionFailed { etag: etag(list.version), current });
            }
            tasks::put_list(tx, owner, id, new, &expect.0, now)
        })
        .await?;
    let reply = changed(&list)?;
    Ok(if made {
        reply.status(Status::Created).header("Location", format!("/api/lists/{}", list.id))
    } else {
        reply
    })
}

#[patch("/<id>", data = "<body>")]
async fn change(
    caller: Caller,
    app: &State<App>,
    id: ListPath,
    expect: IfMatch,
    body: Body,
) -> Result<Reply> {
    let patch = ListPatch::read(body.json)?;
    let (owner, id, now) = (caller.owner, id.get()?, Timestamp::now());
    let list =
        app.db.write(move |tx| tasks::update_list(tx, owner, id, patch, &expect.0, now)).await?;
    changed(&list)
}

#[delete("/<id>")]
async fn remove(caller: Caller, app: &State<App>, id: ListPath, expect: IfMatch) -> Result<Reply> {
    let (owner, id, now) = (caller.owner, id.get()?, Timestamp::now());
    app.db.write(move |tx| tasks::trash_list(tx, owner, id, &expect.0, now)).await?;
    Ok(Reply::no_content())
}

#[post("/<id>/restore")]
async fn restore(caller: Caller, app: &State<App>, id: ListPath) -> Result<Reply> {
    let (owner, id, now) = (caller.owner, id.get()?, Timestamp::now());
    let list = app.db.write(move |tx| tasks::restore_list(tx, owner, id, now)).await?;
    changed(&list)
}

fn changed(list: &List) -> Result<Reply> {
    Ok(Reply::json(list)?.etag(etag(list.version)))
}
