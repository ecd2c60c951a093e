//! Writes against the disk's own syncs.

use std::time::Duration;

use crate::drive::{Medians, Run, drive};
use crate::script::Write;
use crate::seed::Seeded;
use crate::server::Process;
use crate::{Plan, median};

const CLIENTS: [usize; 4] = [1, 16, 64, 256];

pub fn run(seeded: &Seeded, plan: Plan) {
    let dir = seeded.copy();
    let docket = Process::docket_on(plan.disk, dir.path());
    let cases: Vec<(Write, usize)> =
        Write::ALL.into_iter().flat_map(|write| CLIENTS.map(|clients| (write, clients))).collect();
    let mut runs: Vec<Vec<(Run, f64)>> = vec![Vec::new(); cases.len()];
    for _ in 0..plan.rounds {
        for ((write, clients), runs) in cases.iter().zip(&mut runs) {
            let rate = || plan.disk.sync_rate(dir.path(), Duration::from_millis(300));
            let before = rate();
            let script = write.script(seeded, *clients);
            let run = drive(&docket, *clients, plan.time, write.status(), script);
            runs.push((run, (before + rate()) / 2.0));
        }
    }
    println!(
        "| work | clients | rows/s | syncs/s | rows a sync | p50, ms | p99 | worst | p99 in syncs | CPU, µs |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for ((write, clients), runs) in cases.iter().zip(&runs) {
        let (name, of) = (
            write.name(),
            Medians::of(&runs.iter().map(|(run, _)| run.clone()).collect::<Vec<_>>()),
        );
        let syncs = median(runs.iter().map(|(_, syncs)| *syncs).collect());
        let rows = median(runs.iter().map(|(run, syncs)| run.rate() / syncs).collect());
        let waits =
            median(runs.iter().map(|(run, syncs)| run.within(0.99) / 1000.0 * syncs).collect());
        println!(
            "| {name} | {clients} | {:.0} | {syncs:.0} | {rows:.1} | {:.1} | {:.1} | {:.1} | {waits:.1} | {:.1} |",
            of.rate, of.p50, of.p99, of.worst, of.cpu
        );
    }
}
