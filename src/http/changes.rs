//! `/api/changes`: what changed and what went, since a cursor.

use rocket::{Route, State, get, routes};

use super::App;
use super::caller::Caller;
use super::params::Query;
use super::reply::Reply;
use crate::error::Result;
use crate::sync;
use crate::tasks::Params;

pub(super) fn routes() -> Vec<Route> {
    routes![changes]
}

#[get("/")]
async fn changes(caller: Caller, app: &State<App>, query: Query<'_>) -> Result<Reply> {
    let mut params = Params::new(query.pairs());
    let since = params.take("since", "is not a cursor of this address", sync::parse_cursor);
    let limit = params.limit().0;
    params.done()?;
    let owner = caller.owner;
    let page = app
        .db
        .read(owner, move |conn| sync::changes_since(conn, owner, since.as_ref(), limit))
        .await?;
    Reply::json(&page)
}
