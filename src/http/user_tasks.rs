//! `/api/users/<id>/tasks`: the form that clients of older systems use. The id
//! must be the caller's own.

use rocket::{Route, State, delete, get, patch, post, put, routes};

use super::App;
use super::body::Body;
use super::caller::OwnPath;
use super::conditional::{IfMatch, IfNoneMatch};
use super::params::{IdempotencyKey, Query, TaskPath};
use super::reply::Reply;
use super::tasks::{add, apply, changed, one, page, trash};
use crate::error::Result;
use crate::tasks::{self, NewTask, TaskPatch, read_completed};
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![list, create, read, replace, complete, remove]
}

#[get("/<_>/tasks")]
async fn list(
    own: OwnPath,
    app: &State<App>,
    query: Query<'_>,
    known: IfNoneMatch,
) -> Result<Reply> {
    page(&own.0, app, query, known).await
}

#[post("/<_>/tasks", data = "<body>")]
async fn create(own: OwnPath, app: &State<App>, key: IdempotencyKey, body: Body) -> Result<Reply> {
    let base = format!("/api/users/{}/tasks", own.0.grant.user);
    add(&own.0, app, key, body, base).await
}

#[get("/<_>/tasks/<task>")]
async fn read(own: OwnPath, app: &State<App>, task: TaskPath, known: IfNoneMatch) -> Result<Reply> {
    one(&own.0, app, task, known).await
}

#[put("/<_>/tasks/<task>", data = "<body>")]
async fn replace(
    own: OwnPath,
    app: &State<App>,
    task: TaskPath,
    expect: IfMatch,
    body: Body,
) -> Result<Reply> {
    let new = NewTask::read(body.json)?;
    let (owner, id, now) = (own.0.owner, task.get()?, Timestamp::now());
    let task = app.db.write(move |tx| tasks::replace(tx, owner, id, new, &expect.0, now)).await?;
    changed(&task)
}

/// Sets, and does not flip: a retry is safe.
#[patch("/<_>/tasks/<task>/complete", data = "<body>")]
async fn complete(
    own: OwnPath,
    app: &State<App>,
    task: TaskPath,
    expect: IfMatch,
    body: Body,
) -> Result<Reply> {
    let patch = TaskPatch::completed(read_completed(body.json)?);
    apply(&own.0, app, task, expect, patch).await
}

#[delete("/<_>/tasks/<task>")]
async fn remove(own: OwnPath, app: &State<App>, task: TaskPath, expect: IfMatch) -> Result<Reply> {
    trash(&own.0, app, task, expect).await
}
