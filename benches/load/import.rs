//! An import of a hundred thousand tasks beside a server that answers others.

use std::process::Stdio;
use std::time::Instant;

use crate::drive::{Medians, Run, drive};
use crate::script::{Write, one_task_each, rotate};
use crate::seed::Seeded;
use crate::server::{Process, command};
use crate::{Plan, median};

const TASKS: usize = 100_000;
const READERS: usize = 16;
const WRITERS: usize = 4;

pub fn run(seeded: &Seeded, plan: Plan) {
    let elsewhere = Seeded::of(1, TASKS);
    let file = elsewhere.path().join("export.json");
    let exported = command(plan.disk, elsewhere.path())
        .args(["export", "p0@example.org", "--output"])
        .arg(&file)
        .stderr(Stdio::null())
        .status();
    assert!(exported.expect("docket runs").success(), "the export failed");
    let mut seconds = Vec::new();
    let [mut reads, mut writes] = [Vec::new(), Vec::new()];
    for round in 0..plan.rounds {
        let dir = seeded.copy();
        let docket = Process::docket_on(plan.disk, dir.path());
        let name = format!("new{round}@example.org");
        let added = command(plan.disk, dir.path())
            .args(["user", "add", &name])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status();
        assert!(added.expect("docket runs").success(), "there is somebody to import for");
        let mut import = command(plan.disk, dir.path())
            .args(["import", "json", "--summary", "--user", &name])
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docket runs");
        let begun = Instant::now();
        let (read, written) = std::thread::scope(|scope| {
            let script = Write::Patch.script(seeded, WRITERS);
            let writing =
                scope.spawn(|| drive(&docket, WRITERS, plan.time, Write::Patch.status(), script));
            let ones = one_task_each(seeded);
            let read = drive(&docket, READERS, plan.time, 200, rotate(&ones, READERS));
            (read, writing.join().expect("the writes"))
        });
        assert!(import.wait().expect("a child").success(), "the import failed");
        seconds.push(begun.elapsed().as_secs_f64());
        reads.push(read);
        writes.push(written);
    }
    println!("import of {TASKS} tasks beside a server: {:.1} s", median(seconds));
    println!();
    println!("| meanwhile | clients | a second | p50, ms | p99 | worst |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    show("get one", READERS, &reads);
    show("patch", WRITERS, &writes);
}

fn show(what: &str, clients: usize, runs: &[Run]) {
    let of = Medians::of(runs);
    println!(
        "| {what} | {clients} | {:.0} | {:.1} | {:.1} | {:.1} |",
        of.rate, of.p50, of.p99, of.worst
    );
}
