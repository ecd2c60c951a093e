//! The load run: the real server beside a bare Rocket that answers the same
//! bytes from memory, and beside the disk's own syncs.
//!
//! ```text
//! cargo bench --bench load                        everything, some ten minutes
//! cargo bench --bench load -- reads writes        some parts
//! cargo bench --bench load -- reads --rounds 3 --seconds 1
//! cargo bench --bench load -- writes --sync-ms 3  on a disk whose syncs take 3 ms more
//! ```
//!
//! | part | shows |
//! | --- | --- |
//! | `reads` | list 20, its 304 and get one, against bare Rocket |
//! | `writes` | create, complete and patch, against the disk's syncs |
//! | `slow` | what somebody's slow search does to everybody else |
//! | `accounts` | sessions and tokens against a real Better Auth, sign-ins against Argon2id |
//! | `start` | start to first answer, and the size of the executable |
//! | `memory` | what stays resident, idle and after reads and writes |
//! | `backup` | what a backup of a million tasks does to those who write |
//! | `import` | how long a hundred thousand tasks take, and the server meanwhile |
//!
//! `backup` and `import` are left out unless they are named: they make a million
//! tasks first. A thousand people have a hundred tasks each, and each request is another
//! person's than the one before. Server and load share the machine, so the
//! figures to read are ratios: the rounds of what is compared take turns, and
//! medians are shown. "CPU" is the server's own time for each request, which
//! other work on the machine moves less. Nothing here passes or fails.

mod accounts;
mod backup;
mod bare;
mod disk;
mod drive;
mod footprint;
mod import;
mod reads;
mod script;
mod seed;
mod server;
mod slow;
mod writes;

use std::time::Duration;

use disk::Disk;

/// How long to measure, how often, and on what.
#[derive(Clone, Copy)]
pub struct Plan {
    pub rounds: usize,
    pub time: Duration,
    pub disk: Disk,
}

const PARTS: [&str; 8] =
    ["reads", "writes", "slow", "accounts", "start", "memory", "backup", "import"];

/// How many of them run where none is named.
const USUAL: usize = 6;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|text| text != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("bare-rocket") => return bare::serve_rocket(&arguments[1]),
        Some("bare-socket") => return bare::serve_socket(&arguments[1]),
        _ => {}
    }
    let (parts, plan) = read(&arguments);
    if parts == ["backup"] {
        return backup::run(plan);
    }
    let seeded = seed::Seeded::make();
    for part in parts {
        println!("\n## {part}\n");
        match part {
            "reads" => reads::run(&seeded, plan),
            "writes" => writes::run(&seeded, plan),
            "slow" => slow::run(&seeded, plan),
            "accounts" => accounts::run(&seeded, plan),
            "start" => footprint::start(&seeded),
            "backup" => backup::run(plan),
            "import" => import::run(&seeded, plan),
            _ => footprint::memory(&seeded, plan),
        }
    }
}

fn read(arguments: &[String]) -> (Vec<&'static str>, Plan) {
    let mut plan = Plan { rounds: 5, time: Duration::from_secs(2), disk: Disk::default() };
    let mut parts = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut number = || rest.next().and_then(|text| text.parse::<f64>().ok());
        match argument.as_str() {
            "--rounds" => plan.rounds = number().expect("a number of rounds") as usize,
            "--seconds" => plan.time = Duration::from_secs_f64(number().expect("seconds")),
            "--sync-ms" => {
                let time = number().expect("milliseconds") / 1000.0;
                plan.disk = Disk { extra: Duration::from_secs_f64(time) };
            }
            name => match PARTS.iter().find(|part| **part == name) {
                Some(part) => parts.push(*part),
                None => panic!("{name:?} is none of {}", PARTS.join(", ")),
            },
        }
    }
    (if parts.is_empty() { PARTS[..USUAL].to_vec() } else { parts }, plan)
}

/// The middle value.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
