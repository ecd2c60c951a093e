//! What anybody may know: that the server lives, and what it is.

use rocket::{Route, State, get, routes};
use serde_json::json;

use super::reply::Reply;
use super::{App, Identity};
use crate::config::SignUp;
use crate::error::{Error, Result};

pub(super) fn routes() -> Vec<Route> {
    routes![info]
}

pub(super) fn probes() -> Vec<Route> {
    routes![alive, ready]
}

#[get("/info")]
fn info(identity: &State<Identity>) -> Result<Reply> {
    Reply::json(&json!({
        "name": "docket",
        "version": env!("CARGO_PKG_VERSION"),
        "signup": identity.signup,
        "signup_open": identity.signup == SignUp::Open,
        "mail": identity.sends_mail(),
    }))
}

#[get("/healthz")]
fn alive() -> Reply {
    probe()
}

/// Asks the writer for an empty transaction: it takes SQLite's write lock.
#[get("/readyz")]
async fn ready(app: &State<App>) -> Result<Reply> {
    if *app.stopping.borrow() {
        return Err(Error::Unavailable("the server is stopping".into()));
    }
    if !app.db.figures().has_room() {
        return Err(Error::Unavailable("the disk is full".into()));
    }
    app.db.write(|_| Ok(())).await?;
    Ok(probe())
}

fn probe() -> Reply {
    Reply::bytes("text/plain; charset=utf-8", b"ok\n".to_vec()).header("Cache-Control", "no-store")
}
