//! `/api/me/tokens`: one's own personal access tokens.

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, Route, State, delete, get, post, routes};
use serde::Serialize;
use serde_json::Value;

use super::body::Body;
use super::caller::InPerson;
use super::reply::Reply;
use super::{App, auth};
use crate::auth::access_token::{self, AccessToken, Name, NewAccessToken, READ, Scopes, WRITE};
use crate::auth::session::Device;
use crate::error::Result;
use crate::fields::{Field, Fields, text};
use crate::tasks::Page;
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![list, make, revoke]
}

/// A token with its text, which only the answer to making it has.
#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    about: AccessToken,
    token: String,
}

#[get("/")]
async fn list(person: InPerson, app: &State<App>) -> Result<Reply> {
    let owner = person.0.owner;
    let items = app.db.read(owner, move |conn| access_token::list(conn, owner)).await?;
    Reply::json(&Page { items, next_cursor: None })
}

#[post("/", data = "<body>")]
async fn make(person: InPerson, from: From, app: &State<App>, body: Body) -> Result<Reply> {
    let (owner, now) = (person.0.owner, Timestamp::now());
    let new = read(body.json, now)?;
    let (about, token) =
        app.db.write(move |tx| access_token::make(tx, owner, new, &from.0, now)).await?;
    let address = format!("/api/me/tokens/{}", about.id);
    Ok(Reply::json(&Made { about, token })?.status(Status::Created).header("Location", address))
}

#[delete("/<id>")]
async fn revoke(person: InPerson, from: From, app: &State<App>, id: &str) -> Result<Reply> {
    let (owner, id, now) = (person.0.owner, id.to_owned(), Timestamp::now());
    app.db.write(move |tx| access_token::revoke(tx, owner, &id, &from.0, now)).await?;
    Ok(Reply::no_content())
}

fn read(body: Value, now: Timestamp) -> Result<NewAccessToken> {
    let mut fields = Fields::new(body)?;
    let name = fields.required::<Name>("name");
    let scopes = fields.required::<Scopes>("scopes");
    let ends = fields.nullable::<Instant>("expires_at").flatten();
    if ends.as_ref().is_some_and(|Instant(ends)| *ends <= now) {
        fields.fault::<()>("expires_at", "must be in the future");
    }
    fields.done(|| {
        Some(NewAccessToken {
            name: name?,
            scopes: scopes?,
            expires_at: ends.map(|Instant(ends)| ends),
        })
    })
}

impl Field for Name {
    fn read(value: &Value) -> Result<Name, String> {
        Name::parse(text(value)?)
    }
}

struct Instant(Timestamp);

impl Field for Instant {
    fn read(value: &Value) -> Result<Instant, String> {
        let instant = text(value)?.ends_with(['Z', 'z']).then_some(text(value)?);
        let instant = instant.and_then(Timestamp::parse).map(Instant);
        instant.ok_or_else(|| "must be a time such as 2027-01-31T00:00:00Z".into())
    }
}

impl Field for Scopes {
    fn read(value: &Value) -> Result<Scopes, String> {
        let must = || format!("must be a list of {READ} and {WRITE}, or one of them");
        let mut scopes = Scopes::default();
        let names = value.as_array().filter(|names| !names.is_empty()).ok_or_else(must)?;
        let known = names.iter().all(|name| name.as_str().is_some_and(|name| scopes.add(name)));
        if known { Ok(scopes) } else { Err(must()) }
    }
}

/// Where the request comes from.
struct From(Device);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for From {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<From, Self::Error> {
        Outcome::Success(From(auth::device(request)))
    }
}
