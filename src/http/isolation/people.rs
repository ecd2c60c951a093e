//! The throw-away people of the copy, and what each can be called by.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::request::Request;
use super::world::World;
use crate::auth::access_token::{self, NewAccessToken, Scopes};
use crate::auth::session::{self, Device};
use crate::auth::{audit, link, removal, user};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::tasks::{self, Expect, NewList, NewTask};
use crate::time::Timestamp;

/// Their password, all of them.
pub(super) const PASSWORD: &str = "throw-away battery staple";

/// What a request can name of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    User,
    Email,
    Task,
    TrashedTask,
    List,
    TrashedList,
    AccessToken,
    Session,
    SessionToken,
    RecoveryCode,
    DeletionLink,
    TaskCursor,
    TrashCursor,
    ChangesCursor,
    ActivityCursor,
    RetryKey,
    /// A word that is in all they write.
    Word,
}

impl Name {
    pub(super) fn text(self) -> &'static str {
        match self {
            Name::User => "user id",
            Name::Email => "e-mail",
            Name::Task => "task",
            Name::TrashedTask => "trashed task",
            Name::List => "list",
            Name::TrashedList => "trashed list",
            Name::AccessToken => "access token",
            Name::Session => "session id",
            Name::SessionToken => "session token",
            Name::RecoveryCode => "recovery code",
            Name::DeletionLink => "deletion link",
            Name::TaskCursor | Name::TrashCursor | Name::ChangesCursor | Name::ActivityCursor => {
                "cursor"
            }
            Name::RetryKey => "idempotency key",
            Name::Word => "word",
        }
    }
}

/// Somebody who is signed in, with two of everything.
pub(super) struct Person {
    owner: Owner,
    pub(super) jwt: String,
    names: BTreeMap<Name, String>,
}

impl Person {
    /// Makes one, with one commit.
    pub(super) async fn settle(world: &World) -> Result<Person> {
        let (secret, hash, url) =
            (world.secret.clone(), world.password_hash.clone(), world.base_url.clone());
        let now = Timestamp::now();
        world
            .db
            .write(move |tx| {
                let word = word();
                let email = user::Email::parse(&format!("{word}@docket.invalid"))?;
                let user = user::add(tx, email.clone(), &word, Some(&hash), now)?;
                let owner = user::find(tx, user.id.as_str())?;
                let device = Device::default();
                let (signed_in, token) = session::begin(tx, &secret, owner, &device, true, now)?;
                audit::note(tx, Some(owner), audit::Kind::SignedIn, &device, now)?;
                let mut names = possessions(tx, owner, &word, now)?;
                names.extend([
                    (Name::User, user.id.to_string()),
                    (Name::Email, email.as_str().to_owned()),
                    (Name::Session, signed_in.session.id.clone()),
                    (Name::SessionToken, token),
                    (Name::Word, word),
                ]);
                let jwt = session::jwt(tx, &signed_in, &url, now)?;
                Ok(Person { owner, jwt, names })
            })
            .await
    }

    /// Makes one whom others are to ask for: with cursors, codes and links as well.
    pub(super) async fn settle_fully(world: &World) -> Result<Person> {
        let mut person = Person::settle(world).await?;
        let key = format!("key-{}", person.name(Name::Word));
        let again = Request::new("POST", "/api/tasks")
            .header("idempotency-key", &key)
            .body(json!({ "title": person.name(Name::Word) }));
        person.ask(world, &person.jwt, &again).await?;
        person.names.insert(Name::RetryKey, key);
        let pages = [
            (Name::TaskCursor, "/api/tasks?limit=1"),
            (Name::TrashCursor, "/api/trash?limit=1"),
            (Name::ChangesCursor, "/api/changes?limit=2"),
            (Name::ActivityCursor, "/api/me/activity?limit=1"),
        ];
        for (name, path) in pages {
            let page = person.ask(world, &person.jwt, &Request::new("GET", path)).await?;
            person.names.insert(name, text(&page["next_cursor"])?);
        }
        let enable = Request::new("POST", "/api/auth/two-factor/enable")
            .body(json!({ "password": PASSWORD }));
        let factor = person.ask(world, person.name(Name::SessionToken), &enable).await?;
        person.names.insert(Name::RecoveryCode, text(&factor["backupCodes"][0])?);
        let (owner, now) = (person.owner, Timestamp::now());
        let work = move |tx: &Tx| link::make(tx, owner, link::Kind::DeleteAccount, now);
        person.names.insert(Name::DeletionLink, world.db.write(work).await?);
        Ok(person)
    }

    /// Removes the account: what it was called by is nobody's any more.
    pub(super) async fn leave(&self, world: &World) -> Result<()> {
        let (owner, now) = (self.owner, Timestamp::now());
        world.db.write(move |tx| removal::purge(tx, owner, now)).await
    }

    /// What they, or that of theirs, is called. Whoever has no such thing says so.
    pub(super) fn name(&self, name: Name) -> &str {
        self.names.get(&name).map_or("none", String::as_str)
    }

    /// All they are known by.
    pub(super) fn names(&self) -> impl Iterator<Item = (Name, &str)> {
        self.names.iter().map(|(name, text)| (*name, text.as_str()))
    }

    /// All they can see, as it is sent.
    pub(super) async fn everything(&self, world: &World) -> Result<Vec<String>> {
        const SEEN: [&str; 8] = [
            "/api/me",
            "/api/me/tokens",
            "/api/tasks?limit=200",
            "/api/lists",
            "/api/lists/counts",
            "/api/trash?limit=200",
            "/api/changes?limit=200",
            "/api/auth/list-sessions",
        ];
        let mut seen = Vec::with_capacity(SEEN.len());
        for path in SEEN {
            let of_account = path.starts_with("/api/auth");
            let bearer = if of_account { self.name(Name::SessionToken) } else { &self.jwt };
            let answer = world.send(bearer, &Request::new("GET", path)).await?;
            seen.push(format!("{path} {} {}", answer.status, answer.body));
        }
        Ok(seen)
    }

    async fn ask(&self, world: &World, bearer: &str, request: &Request) -> Result<Value> {
        let answer = world.send(bearer, request).await?;
        if answer.status >= 300 {
            let what = &request.target;
            return Err(Error::Internal(format!("{what}: {} {}", answer.status, answer.body)));
        }
        Ok(answer.body)
    }
}

/// Lists, tasks and an access token, one of each in the trash.
fn possessions(
    tx: &Tx,
    owner: Owner,
    word: &str,
    now: Timestamp,
) -> Result<BTreeMap<Name, String>> {
    let list = |name: &str| {
        let new = NewList::read(json!({ "name": format!("{name} {word}") }))?;
        tasks::create_list(tx, owner, new, now)
    };
    let (home, gone) = (list("home")?, list("gone")?);
    let task = |title: &str| {
        let title = format!("{title} {word}");
        let new = json!({ "title": title, "description": word, "list_id": home.id });
        tasks::create(tx, owner, NewTask::read(new)?, now)
    };
    let (open, trashed) = (task("open")?, task("trashed")?);
    tasks::trash(tx, owner, trashed.id, &Expect::Anything, now)?;
    tasks::trash_list(tx, owner, gone.id, &Expect::Anything, now)?;
    let new = NewAccessToken {
        name: access_token::Name::parse(word).map_err(Error::Internal)?,
        scopes: Scopes { read: true, write: true },
        expires_at: None,
    };
    let (token, _) = access_token::make(tx, owner, new, &Device::default(), now)?;
    Ok(BTreeMap::from([
        (Name::List, home.id.to_string()),
        (Name::TrashedList, gone.id.to_string()),
        (Name::Task, open.id.to_string()),
        (Name::TrashedTask, trashed.id.to_string()),
        (Name::AccessToken, token.id),
    ]))
}

/// A word that is nowhere else. All are equally long.
pub(super) fn word() -> String {
    // The last twelve digits of a UUIDv7 are random.
    format!("mark{}", &uuid::Uuid::now_v7().simple().to_string()[20..])
}

fn text(value: &Value) -> Result<String> {
    let found = value.as_str().map(str::to_owned);
    found.ok_or_else(|| Error::Internal(format!("{value} is no text")))
}
