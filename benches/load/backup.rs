//! What a backup of a million tasks does to those who write meanwhile.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::Plan;
use crate::drive::{Medians, Run, drive};
use crate::script::Write;
use crate::seed::Seeded;
use crate::server::{Process, command};

/// People with a thousand tasks each.
const PEOPLE: usize = 1000;
const TASKS: usize = 1000;

const CLIENTS: [usize; 3] = [1, 16, 64];

pub fn run(plan: Plan) {
    let seeded = Seeded::of(PEOPLE, TASKS);
    println!("| clients | when | writes/s | p50, ms | p99 | worst | took, s |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    for clients in CLIENTS {
        let dir = seeded.copy();
        let docket = Process::docket_on(plan.disk, dir.path());
        let write = || {
            let script = Write::Patch.script(&seeded, clients);
            drive(&docket, clients, plan.time, Write::Patch.status(), script)
        };
        write();
        let alone: Vec<Run> = (0..plan.rounds).map(|_| write()).collect();
        show(clients, "alone", &alone, None);
        let begun = Instant::now();
        let (beside, took) = std::thread::scope(|scope| {
            let backup = scope.spawn(|| {
                let mut command = command(plan.disk, dir.path());
                let status = command.args(["backup", "now"]).stdout(Stdio::null()).status();
                assert!(status.expect("docket runs").success(), "the backup failed");
                begun.elapsed()
            });
            let mut beside = Vec::new();
            while !backup.is_finished() {
                beside.push(write());
            }
            (beside, backup.join().expect("the backup"))
        });
        show(clients, "beside a backup", &beside, Some(took));
        let verified = command(plan.disk, dir.path())
            .args(["backup", "verify"])
            .stdout(Stdio::null())
            .status()
            .expect("docket runs");
        assert!(verified.success(), "the backup is not good");
    }
}

/// Medians, but the worst of all.
fn show(clients: usize, when: &str, runs: &[Run], took: Option<Duration>) {
    let of = Medians::of(runs);
    let worst = runs.iter().map(|run| run.within(1.0)).fold(0.0, f64::max);
    let took = took.map_or(String::new(), |took| format!("{:.1}", took.as_secs_f64()));
    println!(
        "| {clients} | {when} | {:.0} | {:.1} | {:.1} | {worst:.1} | {took} |",
        of.rate, of.p50, of.p99
    );
}
