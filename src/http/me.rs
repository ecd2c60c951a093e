//! `/api/me`: the caller's own account.

use rocket::{Route, State, get, routes};

use super::App;
use super::caller::Caller;
use super::reply::Reply;
use crate::auth::user;
use crate::error::Result;

pub(super) fn routes() -> Vec<Route> {
    routes![me]
}

#[get("/me")]
async fn me(caller: Caller, app: &State<App>) -> Result<Reply> {
    let user = app.db.read(caller.owner, move |conn| user::get(conn, caller.owner)).await?;
    Reply::json(&user)
}
