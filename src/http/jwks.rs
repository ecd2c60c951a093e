//! `/api/auth/jwks`: the keys that others check Docket's tokens with.

use rocket::{Route, State, get, routes};

use super::App;
use super::reply::{Reply, to_json};
use crate::auth;
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![jwks]
}

#[get("/jwks")]
async fn jwks(app: &State<App>) -> Result<Reply> {
    let now = Timestamp::now();
    let keys = app.db.read(Owner::NOBODY, move |conn| auth::public_keys(conn, now)).await?;
    Ok(Reply::bytes("application/json", to_json(&keys)?)
        .header("Cache-Control", "public, max-age=15"))
}
