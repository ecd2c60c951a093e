//! `/api/me`: the caller's own account.

use rocket::{Route, State, get, routes};

use super::App;
use super::caller::{Caller, InPerson};
use super::params::Query;
use super::reply::Reply;
use crate::auth::audit::{self, Point};
use crate::auth::user;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::tasks::{Cursor, Key, Page, Params};
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![me, activity]
}

#[get("/me")]
async fn me(caller: Caller, app: &State<App>) -> Result<Reply> {
    let user = app.db.read(caller.owner, move |conn| user::get(conn, caller.owner)).await?;
    Reply::json(&user)
}

/// What happened to the account, latest first.
#[get("/me/activity")]
async fn activity(person: InPerson, app: &State<App>, query: Query<'_>) -> Result<Reply> {
    let address = query.address();
    let mut params = Params::new(query.pairs());
    let cursor = params.take("cursor", NOT_OURS, Cursor::decode);
    let limit = params.limit().0;
    params.done()?;
    let after = cursor.as_ref().map(point).transpose()?;
    let owner = person.0.owner;
    let look = move |conn: &Conn| audit::own(conn, owner, after, limit);
    let (items, end) = app.db.read(owner, look).await?;
    let page = Page { items, next_cursor: end.map(encode) };
    Ok(Reply::json(&page)?.next_page(&address, page.next_cursor.as_deref()))
}

/// What a cursor of the activity says it belongs to.
const ACTIVITY: &str = "activity";

const NOT_OURS: &str = "is not one that this address gave";

fn encode(point: Point) -> String {
    let keys = vec![Key::Number(point.at.0), Key::Number(point.seen.into())];
    Cursor { of: ACTIVITY.into(), keys }.encode()
}

fn point(cursor: &Cursor) -> Result<Point> {
    if let [Key::Number(at), Key::Number(seen)] = cursor.keys.as_slice()
        && cursor.of == ACTIVITY
        && let Ok(seen) = u32::try_from(*seen)
    {
        return Ok(Point { at: Timestamp(*at), seen });
    }
    Err(Error::invalid("cursor", NOT_OURS))
}
