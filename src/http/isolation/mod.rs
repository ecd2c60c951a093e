//! Whether everybody is kept to what is theirs, tried on a copy of the data.
//!
//! Two throw-away people come to live in the copy. Every operation of the OpenAPI
//! document is called as one of them with what the other's things are called, in
//! each place that can name something, and each answer is compared with those about
//! things of people who are gone. An operation that nobody knows how to fill, or
//! that does not answer its own person, is a failure too: it proves nothing.

mod compare;
mod document;
mod meaning;
mod people;
mod request;
mod world;

use rocket::Route;
use serde::Serialize;
use serde_json::Value;

use super::assets;
use crate::config::{Config, Switch};
use crate::db::Scratch;
use crate::db::backup::{Phase, Progress, Report};
use crate::error::{Error, Result};
use crate::time::Timestamp;
use document::{Caller, Operation};
use people::{Name, Person};
use request::Attempt;
use world::World;

/// What is walked: the document, and the routes that are there beside our own.
pub struct Subject {
    pub document: Value,
    pub more: Vec<Route>,
}

impl Subject {
    /// The API as it is.
    pub fn ours() -> Result<Subject> {
        Ok(Subject { document: assets::openapi_document()?, more: Vec::new() })
    }
}

/// What came of one operation.
#[derive(Debug, Serialize)]
pub struct Finding {
    pub method: String,
    pub path: String,
    /// How many ways there are to name somebody else in it.
    pub attempts: usize,
    /// What tells the other's things from nobody's; nothing if all is well.
    pub problems: Vec<String>,
}

/// Walks all operations on a copy of the database, which is removed again.
pub fn check(config: &Config, subject: Subject, report: &mut Report) -> Result<Vec<Finding>> {
    let operations = document::operations(&subject.document)?;
    let scratch = Scratch::new(&config.data_dir, Timestamp::now())?;
    scratch.copy(&config.data_dir, config.checkpoints == Switch::On, report)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::Setup(format!("cannot start threads: {error}")))?;
    let found = runtime.block_on(async {
        let world = World::open(&scratch, config, subject.more).await?;
        let found = walk(&world, &operations, report).await;
        world.db.close();
        found
    });
    runtime.shutdown_background();
    found
}

/// Those who are asked about: somebody, and two who are gone.
struct Others {
    bob: Person,
    gone: [Person; 2],
}

async fn walk(
    world: &World,
    operations: &[Operation],
    report: &mut Report<'_>,
) -> Result<Vec<Finding>> {
    let gone = [Person::settle_fully(world).await?, Person::settle_fully(world).await?];
    for person in &gone {
        person.leave(world).await?;
    }
    let others = Others { bob: Person::settle_fully(world).await?, gone };
    let mut findings = Vec::with_capacity(operations.len());
    let mut before = others.bob.everything(world).await?;
    for operation in operations {
        let mut finding = try_out(world, operation, &others).await?;
        let after = others.bob.everything(world).await?;
        if after != before {
            finding.problems.push("what the other person sees has changed".into());
            before = after;
        }
        findings.push(finding);
        let (done, total) = (findings.len() as u64, operations.len() as u64);
        report(Progress { phase: Phase::Walking, done, total })?;
    }
    Ok(findings)
}

async fn try_out(world: &World, operation: &Operation, others: &Others) -> Result<Finding> {
    let (method, path) = (operation.method.clone(), operation.path.clone());
    let attempts = match request::attempts(operation) {
        Ok(attempts) => attempts,
        Err(problems) => return Ok(Finding { method, path, attempts: 0, problems }),
    };
    let mut problems = Vec::from_iter(refused_to_its_own(world, operation).await?);
    for attempt in &attempts {
        let found = compare_answers(world, operation, *attempt, others).await?;
        problems.extend(found.into_iter().map(|what| format!("{}: {what}", attempt.text())));
    }
    Ok(Finding { method, path, attempts: attempts.len(), problems })
}

/// What is said where nothing is served.
const UNSERVED: [&str; 2] = ["not_found", "method_not_allowed"];

/// An operation that refuses everybody would pass whatever it does.
async fn refused_to_its_own(world: &World, operation: &Operation) -> Result<Option<String>> {
    let person = Person::settle(world).await?;
    let request = request::build(operation, &person, None);
    let answer = world.send(bearer(operation, &person), &request).await?;
    let is_there = match operation.caller {
        Caller::Bearer => answer.status < 300,
        // Some want a code, or a link, that only a mail has: they say so.
        Caller::Session | Caller::Anybody => match answer.status {
            404 | 405 => answer.body["code"].as_str().is_some_and(|code| !UNSERVED.contains(&code)),
            status => status < 500,
        },
    };
    let status = answer.status;
    Ok((!is_there).then(|| format!("its own person is answered {status}: {}", answer.body)))
}

/// Somebody new for each request: it may end what is their own.
async fn compare_answers(
    world: &World,
    operation: &Operation,
    attempt: Attempt<'_>,
    others: &Others,
) -> Result<Vec<String>> {
    let sent = attempt.sends();
    let mut answers = Vec::with_capacity(3);
    for other in [&others.bob, &others.gone[0], &others.gone[1]] {
        let person = Person::settle(world).await?;
        let request = request::build(operation, &person, Some((attempt, other)));
        let answer = world.send(bearer(operation, &person), &request).await?;
        answers.push((answer.status, compare::masked(answer.lasting(), &sent, other)));
    }
    let [(status, theirs), (_, one), (_, other)] = answers.as_slice() else {
        return Err(Error::Internal("three were asked".into()));
    };
    let mut problems = compare::differences(theirs, one, other);
    problems.extend(compare::told(theirs, &sent, &others.bob));
    if *status >= 500 {
        problems.push(format!("it fails with {status}"));
    }
    Ok(problems)
}

/// What the operation asks its caller for.
fn bearer<'p>(operation: &Operation, person: &'p Person) -> &'p str {
    let of_account = operation.path.starts_with("/api/auth/");
    match operation.caller {
        Caller::Bearer => &person.jwt,
        Caller::Anybody if !of_account => &person.jwt,
        Caller::Session | Caller::Anybody => person.name(Name::SessionToken),
    }
}
