//! Reads against bare Rocket.

use crate::Plan;
use crate::drive::{Medians, Run, ask, drive};
use crate::script::{get, one_task_each, rotate};
use crate::seed::Seeded;
use crate::server::Process;

const CONNECTIONS: usize = 16;
const LIST: &str = "/api/tasks?limit=20";

pub fn run(seeded: &Seeded, plan: Plan) {
    let dir = seeded.copy();
    let docket = Process::docket(dir.path());
    let lists: Vec<Vec<u8>> = seeded.people.iter().map(|person| get(person, LIST, "")).collect();
    let (_, _, page) = ask(docket.address, &lists[0]);
    let known: Vec<Vec<u8>> = seeded
        .people
        .iter()
        .zip(&lists)
        .map(|(person, list)| {
            get(person, LIST, &format!("if-none-match: {}\r\n", etag(&docket, list)))
        })
        .collect();
    let ones = one_task_each(seeded);
    let bare = Process::bare("bare-rocket", &page);
    let socket = Process::bare("bare-socket", &page);
    println!("{} bytes a page, {CONNECTIONS} connections", page.len());
    let cases: [(&str, &Process, &[Vec<u8>], u16); 5] = [
        ("bare Rocket", &bare, &lists, 200),
        ("list 20", &docket, &lists, 200),
        ("list 20, unchanged", &docket, &known, 304),
        ("get one", &docket, &ones, 200),
        ("bare socket", &socket, &lists, 200),
    ];
    let mut runs: [Vec<Run>; 5] = Default::default();
    for round in 0..=plan.rounds {
        for (case, runs) in cases.iter().zip(&mut runs) {
            let (_, process, requests, status) = *case;
            let run = drive(process, CONNECTIONS, plan.time, status, rotate(requests, CONNECTIONS));
            // The first round warms up.
            if round > 0 {
                runs.push(run);
            }
        }
    }
    println!("| work | requests/s | of bare Rocket | p99, ms | CPU a request, µs |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    for ((name, ..), of_case) in cases.iter().zip(&runs) {
        let of = Medians::of(of_case);
        // Each round against the bare Rocket of the same round.
        let ratios = of_case.iter().zip(&runs[0]).map(|(run, bare)| run.rate() / bare.rate());
        let ratio = crate::median(ratios.collect());
        println!("| {name} | {:.0} | {ratio:.2} | {:.1} | {:.1} |", of.rate, of.p99, of.cpu);
    }
}

fn etag(docket: &Process, list: &[u8]) -> String {
    let (_, head, _) = ask(docket.address, list);
    let head = String::from_utf8(head).expect("ASCII");
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: "));
    tag.expect("a tag").to_owned()
}
