//! `/api/trash`.

use rocket::{Route, State, delete, get, routes};

use super::App;
use super::caller::Caller;
use super::conditional::{IfNoneMatch, by_revision};
use super::params::Query;
use super::reply::Reply;
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
    let address = query.address();
    let mut params = Params::new(query.pairs());
    let cursor = params.take("cursor", "is not one that this address gave", Cursor::decode);
    let limit = params.limit();
    params.done()?;
    let owner = caller.owner;
    by_revision(app, owner, known, move |conn| {
        let page = tasks::trash_page(conn, owner, cursor.as_ref(), limit)?;
        Ok(Reply::kept(&page)?.next_page(&address, page.next_cursor.as_deref()))
    })
    .await
}

#[delete("/")]
async fn empty(caller: Caller, app: &State<App>) -> Result<Reply> {
    let owner = caller.owner;
    app.db.write(move |tx| tasks::purge(tx, owner)).await?;
    Ok(Reply::no_content())
}
