//! Sessions slide with use, wherever they are used; the browser's cookie must
//! last as long, so the answer brings it again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Request, Response};

use super::cookies::{self, Presented};
use super::gate::Visit;
use super::{AuthError, Identity};
use crate::auth::session::{self, SignedIn};
use crate::error::Error;
use crate::http::App;

/// Whether the session of a request was prolonged.
#[derive(Clone, Default)]
pub(super) struct Renewed(Arc<AtomicBool>);

impl Renewed {
    pub(super) fn of(request: &Request<'_>) -> Renewed {
        request.local_cache(Renewed::default).clone()
    }
}

/// Keeps a used session alive, at most once a day, unless the browser shall
/// forget it. A disk that is full keeps nobody from reading.
pub(super) async fn slide(
    visit: &Visit,
    app: &App,
    signed_in: &mut SignedIn,
) -> Result<(), AuthError> {
    if visit.presented.forget {
        return Ok(());
    }
    let Some(ends) = session::slid(&signed_in.session, visit.now) else { return Ok(()) };
    let (owner, id, now) = (signed_in.owner, signed_in.session.id.clone(), visit.now);
    match app.db.write(move |tx| session::slide(tx, owner, &id, ends, now)).await {
        Ok(()) => {
            signed_in.session.expires_at = ends;
            signed_in.session.updated_at = now;
            visit.renewed.0.store(true, Ordering::Relaxed);
            Ok(())
        }
        Err(Error::DiskFull | Error::Unavailable(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Adds the cookie to the answer, unless that sets or clears it already.
pub(in crate::http) struct Renewal;

#[rocket::async_trait]
impl Fairing for Renewal {
    fn info(&self) -> Info {
        Info { name: "the cookie of a session that slid", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let Renewed(renewed) = request.local_cache(Renewed::default);
        let Some(identity) = request.rocket().state::<Identity>() else { return };
        if !renewed.load(Ordering::Relaxed) || cookies::is_set(identity, response.headers()) {
            return;
        }
        let Some(token) = Presented::of(request, identity).token else { return };
        for header in cookies::set(identity, &token, true) {
            response.adjoin_header(header);
        }
        let exposed = "Access-Control-Expose-Headers";
        match response.headers().get_one(exposed) {
            Some("set-auth-jwt") => {
                response.set_raw_header(exposed, "set-auth-jwt, set-auth-token");
            }
            _ => {
                response.set_raw_header(exposed, "set-auth-token");
            }
        }
    }
}
