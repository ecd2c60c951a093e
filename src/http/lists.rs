//! `/api/lists`.

use rocket::{Route, State, delete, get, patch, post, routes};
use serde_json::json;

use super::App;
use super::body::Body;
use super::caller::Caller;
use super::conditional::{IfMatch, IfNoneMatch, revision_tag};
use super::params::{IdempotencyKey, ListPath, Query};
use super::reply::{Reply, to_json};
use crate::error::Result;
use crate::sync::{self, Answer};
use crate::tasks::{self, List, ListPatch, NewList, Params, etag};
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![all, counts, create, read, change, remove, restore]
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
    app.db
        .read(owner, move |conn| {
            let etag = revision_tag(tasks::revision(conn, owner)?);
            if known.has(&etag) {
                return Ok(Reply::not_modified(etag));
            }
            let lists = tasks::all_lists(conn, owner)?;
            Ok(Reply::tagged(etag, to_json(&json!({ "items": lists, "next_cursor": null }))?))
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
    app.db
        .read(owner, move |conn| {
            let etag = revision_tag(tasks::revision(conn, owner)?);
            if known.has(&etag) {
                return Ok(Reply::not_modified(etag));
            }
            let counts = tasks::counts(conn, owner)?;
            Ok(Reply::tagged(etag, to_json(&json!({ "items": counts, "next_cursor": null }))?))
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
            let etag = etag(list.version);
            if known.has(&etag) {
                return Ok(Reply::not_modified(etag));
            }
            Ok(Reply::tagged(etag, to_json(&list)?))
        })
        .await
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
