//! One-row reads while others search for long.

use std::time::Duration;

use crate::Plan;
use crate::drive::{Medians, Run, drive};
use crate::script::{get, one_task_each, rotate};
use crate::seed::{HOARDERS, Seeded};
use crate::server::Process;

const CONNECTIONS: usize = 16;
const SEARCHERS: [usize; 4] = [0, 1, 2, 4];

/// Words that are in every task of a hoarder, and one that is in none: all is
/// read, nothing is found.
const SEARCH: &str = "/api/tasks?q=july+every+other+more+july+july+july+rhubarb";

pub fn run(seeded: &Seeded, plan: Plan) {
    let dir = seeded.copy();
    let docket = Process::docket(dir.path());
    let ones = one_task_each(seeded);
    let searches: Vec<Vec<u8>> =
        seeded.hoarders.iter().map(|person| get(person, SEARCH, "")).collect();
    let mut runs: [Vec<(Run, Run)>; 4] = Default::default();
    for round in 0..=plan.rounds {
        for (searchers, runs) in SEARCHERS.iter().zip(&mut runs) {
            let (searchers, docket) = (*searchers, &docket);
            let both = std::thread::scope(|scope| {
                // Each searcher is another person: one person's searches queue.
                let script = rotate(&searches, HOARDERS);
                let searching = scope.spawn(move || match searchers {
                    0 => Run::default(),
                    some => drive(docket, some, plan.time, 200, script),
                });
                let time = plan.time.max(Duration::from_secs(1));
                let run = drive(docket, CONNECTIONS, time, 200, rotate(&ones, CONNECTIONS));
                (run, searching.join().expect("the searches"))
            });
            if round > 0 {
                runs.push(both);
            }
        }
    }
    println!(
        "| people searching | reads/s | of none | p50, ms | p99 | worst | searches/s | a search, ms |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut none = 0.0;
    for (searchers, runs) in SEARCHERS.iter().zip(runs) {
        let (reads, searches): (Vec<Run>, Vec<Run>) = runs.into_iter().unzip();
        let (reads, searches) = (Medians::of(&reads), Medians::of(&searches));
        if *searchers == 0 {
            none = reads.rate;
        }
        println!(
            "| {searchers} | {:.0} | {:.2} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} |",
            reads.rate,
            reads.rate / none,
            reads.p50,
            reads.p99,
            reads.worst,
            if *searchers == 0 { 0.0 } else { searches.rate },
            searches.p50
        );
    }
}
