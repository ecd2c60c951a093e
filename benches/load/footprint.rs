//! What the server costs by being there: its start, its memory, its size.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::drive::{ask, drive};
use crate::script::{Write, get, one_task_each, rotate};
use crate::seed::Seeded;
use crate::server::{DOCKET, Process};
use crate::{Plan, median};

const STARTS: usize = 11;
const CLIENTS: usize = 256;

/// Start to first answer, and the size of the executable.
pub fn start(seeded: &Seeded) {
    let empty = (0..STARTS).map(|_| first_answer(tempfile::tempdir().expect("a directory").path()));
    println!("start to first answer, empty directory: {:.1} ms", median(empty.collect()));
    let dir = seeded.copy();
    let full = (0..STARTS).map(|_| first_answer(dir.path()));
    println!("start to first answer, 300,000 tasks: {:.1} ms", median(full.collect()));
    let size = std::fs::metadata(DOCKET).expect("the executable").len();
    println!("executable: {:.1} MB", size as f64 / 1e6);
}

/// Milliseconds from the start of the process to its first answer.
fn first_answer(dir: &Path) -> f64 {
    let begun = Instant::now();
    let docket = Process::docket(dir);
    let (status, ..) = ask(docket.address, b"GET /readyz HTTP/1.1\r\nhost: docket.test\r\n\r\n");
    assert_eq!(status, 200);
    begun.elapsed().as_secs_f64() * 1000.0
}

/// What stays resident, in one life of the server.
pub fn memory(seeded: &Seeded, plan: Plan) {
    let time = plan.time * u32::try_from(plan.rounds).unwrap_or(1);
    let dir = seeded.copy();
    let docket = Process::docket(dir.path());
    std::thread::sleep(Duration::from_secs(1));
    println!("| when | resident, MiB | of it no file's |");
    println!("| --- | ---: | ---: |");
    show("idle", &docket);
    let ones = one_task_each(seeded);
    drive(&docket, CLIENTS, time, 200, rotate(&ones, CLIENTS));
    show("after one-row reads, 256 clients", &docket);
    let lists: Vec<Vec<u8>> =
        seeded.people.iter().map(|person| get(person, "/api/tasks?limit=20", "")).collect();
    drive(&docket, CLIENTS, time, 200, rotate(&lists, CLIENTS));
    show("after lists of 20, 256 clients", &docket);
    for write in Write::ALL {
        drive(&docket, CLIENTS, time, write.status(), write.script(seeded, CLIENTS));
        show(&format!("after {}, 256 clients", write.name()), &docket);
    }
}

fn show(when: &str, docket: &Process) {
    let (all, own) = docket.memory();
    println!("| {when} | {all:.1} | {own:.1} |");
}
