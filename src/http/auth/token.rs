//! The short-lived JWT that the task API takes.

use rocket::{Route, State, get, routes};
use serde_json::json;

use super::gate::Visit;
use super::{AuthError, Identity};
use crate::auth::session::{self, SignedIn};
use crate::http::App;
use crate::http::reply::Reply;
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![token]
}

#[get("/token")]
async fn token(
    visit: Visit,
    app: &State<App>,
    identity: &State<Identity>,
) -> Result<Reply, AuthError> {
    let signed_in = visit.session(app).await?;
    let jwt = sign(app, identity, &signed_in, visit.now).await?;
    Ok(Reply::json(&json!({ "token": jwt }))?)
}

/// A JWT of fifteen minutes for a session.
pub(super) async fn sign(
    app: &App,
    identity: &Identity,
    signed_in: &SignedIn,
    now: Timestamp,
) -> Result<String, AuthError> {
    let (signed_in, url) = (signed_in.clone(), identity.base_url.clone());
    let sign = move |conn: &crate::db::Conn| session::jwt(conn, &signed_in, &url, now);
    Ok(app.db.read(crate::ids::Owner::NOBODY, sign).await?)
}
