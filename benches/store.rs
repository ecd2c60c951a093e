//! The store without HTTP: a person with 100,000 tasks beside one with 100 and one
//! with the most that no index by due date or change has, the guard alone, and the
//! writer's shared commits.
//!
//! ```text
//! cargo bench --bench store
//! cargo bench --bench store -- guard
//! ```

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use docket::auth::{self, Authority, session, user};
use docket::config;
use docket::db::{Conn, Db, Role, Tx};
use docket::error::Result;
use docket::ids::{Owner, TaskId};
use docket::tasks::{self, NewTask, Point, TaskQuery};
use docket::time::Timestamp;
use serde_json::json;
use tempfile::TempDir;

const URL: &str = "http://docket.test";
const SIZES: [usize; 3] = [100, 500, 100_000];

/// A database with a person of each size.
struct Store {
    db: Db,
    people: Vec<Person>,
    _dir: TempDir,
}

struct Person {
    owner: Owner,
    token: String,
    size: usize,
}

impl Store {
    fn make() -> Store {
        let dir = tempfile::tempdir().expect("a directory");
        let db = Db::open(dir.path(), Role::Server).expect("a database");
        let people = SIZES.map(|size| person(&db, size).expect("somebody")).into();
        Store { db, people, _dir: dir }
    }
}

fn person(db: &Db, size: usize) -> Result<Person> {
    let now = Timestamp::now();
    let email = user::Email::parse(&format!("p{size}@example.org"))?;
    let (owner, token) = db.write_now(move |tx| {
        auth::ensure_key(tx, now)?;
        let user = user::add(tx, email, "", None, now)?;
        let owner = user::find(tx, user.id.as_str())?;
        Ok((owner, session::issue_token(tx, owner, URL, 3600, now)?))
    })?;
    for from in (0..size).step_by(5000) {
        let until = size.min(from + 5000);
        let work =
            move |tx: &Tx| (from..until).try_for_each(|index| add(tx, owner, index).map(drop));
        db.write_now(work)?;
    }
    Ok(Person { owner, token, size })
}

/// One task in three is completed, one in three has a due date.
fn add(tx: &Tx, owner: Owner, index: usize) -> Result<TaskId> {
    let mut body = json!({
        "title": format!("Water the plants {index}"),
        "description": "Every other day, and more in July.",
        "completed": index % 3 == 1,
    });
    if index.is_multiple_of(3) {
        body["due"] = format!("2026-12-{:02}", index % 28 + 1).into();
    }
    Ok(tasks::create(tx, owner, NewTask::read(body)?, Timestamp::now())?.id)
}

fn query(text: &str) -> TaskQuery {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    tasks::read_query(pairs.map(|(name, value)| (name.into(), value.into()))).expect("a query")
}

/// The page after half of them.
fn halfway(conn: &Conn, person: &Person) -> TaskQuery {
    let mut query = query("limit=200");
    for _ in 0..person.size / 400 {
        let page = tasks::list(conn, person.owner, &query).expect("a page");
        query.cursor = page.next_cursor.and_then(|text| tasks::Cursor::decode(&text));
    }
    query.limit = tasks::Limit(20);
    query
}

fn reads(criterion: &mut Criterion) {
    let store = Store::make();
    let pages = [
        ("first page", "limit=20"),
        ("open tasks", "limit=20&completed=false"),
        ("completed, newest first", "limit=20&completed=true&sort=-completed_at"),
        ("due soonest", "limit=20&sort=due&completed=false"),
        ("due in a week", "limit=20&sort=due&due_after=2026-12-01&due_before=2026-12-08"),
        ("changed last", "limit=20&sort=-updated_at"),
    ];
    for (name, text) in pages {
        let query = query(text);
        each_size(criterion, &store, name, |conn, owner| {
            black_box(tasks::list(conn, owner, &query).expect("a page"));
        });
    }
    let mut group = criterion.benchmark_group("next page, halfway");
    for person in &store.people {
        store
            .db
            .read_now(|conn| {
                let query = halfway(conn, person);
                group.bench_function(BenchmarkId::from_parameter(person.size), |bencher| {
                    bencher.iter(|| tasks::list(conn, person.owner, &query).expect("a page"));
                });
                Ok(())
            })
            .expect("a read");
    }
    group.finish();
    each_size(criterion, &store, "counts of every list", |conn, owner| {
        black_box(tasks::counts(conn, owner).expect("counts"));
    });
    each_size(criterion, &store, "changes of the last ten revisions", |conn, owner| {
        let revision = tasks::revision(conn, owner).expect("a revision");
        let since = Point::end_of(revision - 10);
        black_box(tasks::changes_after(conn, owner, since, 100).expect("changes"));
    });
    each_size(criterion, &store, "search for what is not there", |conn, owner| {
        black_box(tasks::list(conn, owner, &query("q=rhubarb")).expect("a page"));
    });
}

fn each_size(criterion: &mut Criterion, store: &Store, name: &str, work: impl Fn(&Conn, Owner)) {
    let mut group = criterion.benchmark_group(name);
    for person in &store.people {
        store
            .db
            .read_now(|conn| {
                group.bench_function(BenchmarkId::from_parameter(person.size), |bencher| {
                    bencher.iter(|| work(conn, person.owner));
                });
                Ok(())
            })
            .expect("a read");
    }
    group.finish();
}

fn guard(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a directory");
    let db = Db::open(dir.path(), Role::Server).expect("a database");
    let config = config::load(&config::Flags::default()).expect("the defaults").config;
    let other = person(&db, 1).expect("somebody");
    let person = person(&db, 0).expect("somebody");
    let new = || Authority::new(db.clone(), &config, URL.into());
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let admit = |authority: &Authority, person: &Person| {
        runtime.block_on(authority.admit(&person.token, Timestamp::now())).expect("a grant")
    };
    let mut group = criterion.benchmark_group("guard");
    let known = new();
    group.bench_function("a token seen before", |bencher| bencher.iter(|| admit(&known, &person)));
    group.bench_function("a token never seen", |bencher| {
        bencher.iter_batched_ref(
            || {
                let authority = new();
                // The key is read once in a server's life.
                admit(&authority, &other);
                authority
            },
            |authority| admit(authority, &person),
            criterion::BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn writer(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().expect("a directory");
    let db = Db::open(dir.path(), Role::Server).expect("a database");
    let owner = person(&db, 100).expect("somebody").owner;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut group = criterion.benchmark_group("creates that share commits");
    for jobs in [1, 16, 64, 256] {
        group.throughput(Throughput::Elements(jobs as u64));
        group.bench_function(BenchmarkId::from_parameter(jobs), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    let waiting: Vec<_> = (0..jobs)
                        .map(|index| Box::pin(db.write(move |tx| add(tx, owner, index))))
                        .collect();
                    for result in join_all(waiting).await {
                        result.expect("a task");
                    }
                });
            });
        });
    }
    group.finish();
}

/// Polls all of them, so that all wait for the writer at once.
async fn join_all<F: Future + Unpin>(mut futures: Vec<F>) -> Vec<F::Output> {
    use std::task::Poll;
    let mut results: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none()
                && let Poll::Ready(value) = std::pin::Pin::new(future).poll(context)
            {
                *result = Some(value);
            }
        }
        if results.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = reads, guard, writer
}
criterion_main!(benches);
