//! `/api/trash`.

use rocket::{Route, State, delete, get, routes};

use super::App;
use super::caller::Caller;
use super::conditional::{IfNoneMatch, revision_tag};
use super::params::Query;
use super::reply::{Reply, to_json};
use crate::error::Result;
use crate::tasks::{self, Cursor, Params};

pub(super) fn routes() -> Vec<Route> {
    routes![list, empty]
}

#[get("/")]
async fn list(
    caller: Caller,
    app: &State<App>,
    query: Query<'_>,
    known: IfNoneMatch,
) -> Result<Reply> {
    let (raw, path) = query.address();
    let mut params = Params::new(query.pairs());
    let cursor = params.take("cursor", "is not one that this address gave", Cursor::decode);
    let limit = params.limit();
    params.done()?;
    let owner = caller.owner;
    app.db
        .read(owner, move |conn| {
            let etag = revision_tag(tasks::revision(conn, owner)?);
            if known.has(&etag) {
                return Ok(Reply::not_modified(etag));
            }
            let page = tasks::trash_page(conn, owner, cursor.as_ref(), limit)?;
            let reply = Reply::tagged(etag, to_json(&page)?);
            Ok(match &page.next_cursor {
                Some(cursor) => reply.header("Link", Query::next_link(&raw, &path, cursor)),
                None => reply,
            })
        })
        .await
}

#[delete("/")]
async fn empty(caller: Caller, app: &State<App>) -> Result<Reply> {
    let owner = caller.owner;
    app.db.write(move |tx| tasks::purge(tx, owner)).await?;
    Ok(Reply::no_content())
}
