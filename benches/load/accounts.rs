//! Sessions and sign-ins: against a real Better Auth, and against Argon2id alone.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::Plan;
use crate::drive::{Medians, Run, ask, drive};
use crate::script::{one_task_each, rotate};
use crate::seed::Seeded;
use crate::server::Process;

const CONNECTIONS: usize = 16;
const PEOPLE: usize = 32;
const PASSWORD: &str = "correct-horse-9";

/// What SECURITY-BAR S14 asks of sign-ins at once.
const CROWD: usize = 50;

pub fn run(seeded: &Seeded, plan: Plan) {
    let dir = seeded.copy();
    let docket = Process::docket(dir.path());
    let better_auth = Process::better_auth();
    if better_auth.is_none() {
        println!("no Better Auth to compare with: cargo test --test it -- issuer installs it\n");
    }
    sessions(&docket, better_auth.as_ref(), plan);
    sign_ins(&docket, better_auth.as_ref(), plan);
    reads_beside(&docket, seeded, plan);
}

/// `get-session` and `token` by cookie, in turns.
fn sessions(docket: &Process, better_auth: Option<&Process>, plan: Plan) {
    println!("| work | Docket, requests/s | Better Auth | times | CPU each, µs |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let cookies = |server: &Process| -> Vec<String> {
        (0..PEOPLE).map(|index| cookie(&post(server, "sign-up", &person(index)))).collect()
    };
    let (ours, theirs) = (cookies(docket), better_auth.map(cookies));
    for path in ["get-session", "token"] {
        let requests = |cookies: &[String]| -> Vec<Vec<u8>> {
            cookies.iter().map(|cookie| get(path, cookie)).collect()
        };
        let (mut runs, mut other_runs, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..plan.rounds {
            let script = rotate(&requests(&ours), CONNECTIONS);
            let run = drive(docket, CONNECTIONS, plan.time, 200, script);
            if let (Some(server), Some(cookies)) = (better_auth, &theirs) {
                let script = rotate(&requests(cookies), CONNECTIONS);
                let other = drive(server, CONNECTIONS, plan.time, 200, script);
                times.push(run.rate() / other.rate());
                other_runs.push(other);
            }
            runs.push(run);
        }
        let of = Medians::of(&runs);
        let other = if times.is_empty() {
            "- | -".to_owned()
        } else {
            format!("{:.0} | {:.1}", Medians::of(&other_runs).rate, crate::median(times))
        };
        println!("| {path} | {:.0} | {other} | {:.1} |", of.rate, of.cpu);
    }
}

/// Sign-ins against what Argon2id alone does on the same cores.
fn sign_ins(docket: &Process, better_auth: Option<&Process>, plan: Plan) {
    let requests: Vec<Vec<u8>> = (0..PEOPLE).map(sign_in).collect();
    let time = plan.time.max(Duration::from_secs(2));
    let (mut runs, mut shares) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let alone = hashes_a_second(time / 2);
        let run = drive(docket, CONNECTIONS, time, 200, rotate(&requests, CONNECTIONS));
        shares.push(run.rate() / ((alone + hashes_a_second(time / 2)) / 2.0));
        runs.push(run);
    }
    let share = crate::median(shares);
    println!("\n{:.0} sign-ins/s, {share:.2} of Argon2id alone", Medians::of(&runs).rate);
    if let Some(server) = better_auth {
        let run = drive(server, CONNECTIONS, time, 200, rotate(&requests, CONNECTIONS));
        println!("{:.0} sign-ins/s of Better Auth", run.rate());
    }
    let mut done: usize = runs.iter().map(|run| run.latencies.len()).sum();
    while done < 1000 {
        done +=
            drive(docket, CONNECTIONS, time, 200, rotate(&requests, CONNECTIONS)).latencies.len();
    }
    println!("{:.1} MiB resident after {done} sign-ins", docket.memory().0);
}

/// One-row reads, alone and while many sign in at once.
fn reads_beside(docket: &Process, seeded: &Seeded, plan: Plan) {
    let ones = one_task_each(seeded);
    let sign_ins: Vec<Vec<u8>> = (0..PEOPLE).map(sign_in).collect();
    let read = |time| drive(docket, CONNECTIONS, time, 200, rotate(&ones, CONNECTIONS));
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        alone.push(read(plan.time));
        std::thread::scope(|scope| {
            let crowd = scope.spawn(|| signing_in(docket, &sign_ins, plan.time));
            beside.push(read(plan.time));
            crowd.join().expect("the sign-ins");
        });
    }
    let (alone, beside): (Medians, Medians) = (Medians::of(&alone), Medians::of(&beside));
    println!("\n| one-row reads | reads/s | p99, ms | worst |");
    println!("| --- | ---: | ---: | ---: |");
    for (name, of) in [("alone", alone), ("beside 50 who sign in", beside)] {
        println!("| {name} | {:.0} | {:.1} | {:.1} |", of.rate, of.p99, of.worst);
    }
}

/// A crowd that signs in without pause. Some are told to come back later.
fn signing_in(docket: &Process, requests: &[Vec<u8>], time: Duration) -> Run {
    let mut run = drive(docket, CROWD, time, 200, rotate(requests, CROWD));
    run.odd = 0;
    run
}

/// What all cores hash with Docket's parameters and nothing else to do.
fn hashes_a_second(time: Duration) -> f64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let begun = Instant::now();
    let count: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(|| hashes(begun, time))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a hasher")).sum()
    });
    count as f64 / begun.elapsed().as_secs_f64()
}

fn hashes(begun: Instant, time: Duration) -> usize {
    let params = Params::new(19_456, 2, 1, None).expect("OWASP's parameters");
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let (mut count, mut key) = (0, [0; 32]);
    while begun.elapsed() < time {
        argon2
            .hash_password_into_with_memory(
                PASSWORD.as_bytes(),
                b"a salt of sixteen",
                &mut key,
                &mut memory,
            )
            .expect("a hash");
        count += 1;
    }
    count
}

fn person(index: usize) -> String {
    format!(r#"{{"name":"P","email":"signed{index}@example.org","password":"{PASSWORD}"}}"#)
}

fn get(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET /api/auth/{path} HTTP/1.1\r\nhost: docket.test\r\ncookie: {cookie}\r\n\r\n").into()
}

fn sign_in(index: usize) -> Vec<u8> {
    request("sign-in", &person(index))
}

/// A post without a cookie, as a program sends it.
fn request(what: &str, body: &str) -> Vec<u8> {
    format!(
        "POST /api/auth/{what}/email HTTP/1.1\r\nhost: docket.test\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}

fn post(server: &Process, what: &str, body: &str) -> String {
    let (status, head, answer) = ask(server.address, &request(what, body));
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
    String::from_utf8(head).expect("ASCII")
}

/// The session's cookie in an answer's head, as it is sent back.
fn cookie(head: &str) -> String {
    let set = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        (name.eq_ignore_ascii_case("set-cookie") && value.contains("session_token"))
            .then_some(value)
    });
    let value = set.expect("a session").split(';').next().unwrap_or_default();
    value.to_owned()
}
