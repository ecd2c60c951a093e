//! The load: connections that each send a request, read the answer and send
//! the next. One thread serves them all, so it costs the machine little.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::median;
use crate::server::Process;

/// What a connection sends: each call writes the next request.
pub type Script = Box<dyn FnMut(&mut Vec<u8>) + Send>;

/// What came of driving a server for a while.
#[derive(Clone, Default)]
pub struct Run {
    pub seconds: f64,
    /// How long each answer took, in microseconds, sorted.
    pub latencies: Vec<u32>,
    /// Answers that had another status than expected.
    pub odd: usize,
    /// The server's own time, in microseconds.
    pub cpu: f64,
}

impl Run {
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.seconds
    }

    /// Milliseconds within which this share of the answers came.
    pub fn within(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let index = (last as f64 * share) as usize;
        f64::from(self.latencies.get(index).copied().unwrap_or_default()) / 1000.0
    }

    pub fn cpu_each(&self) -> f64 {
        self.cpu / self.latencies.len().max(1) as f64
    }
}

/// Medians of several runs.
pub struct Medians {
    pub rate: f64,
    pub p50: f64,
    pub p99: f64,
    pub worst: f64,
    pub cpu: f64,
}

impl Medians {
    pub fn of(runs: &[Run]) -> Medians {
        let odd: usize = runs.iter().map(|run| run.odd).sum();
        if odd > 0 {
            println!("{odd} answers were not as expected");
        }
        let of = |value: fn(&Run) -> f64| median(runs.iter().map(value).collect());
        Medians {
            rate: of(Run::rate),
            p50: of(|run| run.within(0.5)),
            p99: of(|run| run.within(0.99)),
            worst: of(|run| run.within(1.0)),
            cpu: of(Run::cpu_each),
        }
    }
}

/// Drives a server over this many connections for this long.
pub fn drive(
    process: &Process,
    connections: usize,
    time: Duration,
    expected: u16,
    script: impl Fn(usize) -> Script,
) -> Run {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let before = process.cpu();
    let begun = Instant::now();
    let mut run = runtime.block_on(async {
        let address = process.address;
        let tasks: Vec<_> = (0..connections)
            .map(|index| tokio::spawn(converse(address, begun + time, expected, script(index))))
            .collect();
        let mut all = Run::default();
        for task in tasks {
            let one = task.await.expect("a connection");
            all.latencies.extend(one.latencies);
            all.odd += one.odd;
        }
        all
    });
    run.seconds = begun.elapsed().as_secs_f64();
    run.cpu = process.cpu() - before;
    run.latencies.sort_unstable();
    run
}

async fn converse(address: SocketAddr, end: Instant, expected: u16, mut script: Script) -> Run {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("an option");
    let (mut request, mut answer) = (Vec::with_capacity(2048), vec![0; 64 * 1024]);
    let mut run = Run::default();
    loop {
        let sent = Instant::now();
        if sent >= end {
            return run;
        }
        request.clear();
        script(&mut request);
        write(&stream, &request).await;
        let status = read(&stream, &mut answer).await.0;
        run.latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        run.odd += usize::from(status != expected);
    }
}

/// Sends one request on a connection of its own: status and body.
pub fn ask(address: SocketAddr, request: &[u8]) -> (u16, Vec<u8>, Vec<u8>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stream = TcpStream::connect(address).await.expect("a connection");
        let mut answer = vec![0; 1 << 20];
        write(&stream, request).await;
        let (status, head, whole) = read(&stream, &mut answer).await;
        (status, answer[..head].to_vec(), answer[head..whole].to_vec())
    })
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                stream.writable().await.expect("a connection");
            }
            Err(error) => panic!("a request could not be sent: {error}"),
        }
    }
}

/// Reads one answer: its status, where its body begins and where it ends.
async fn read(stream: &TcpStream, answer: &mut [u8]) -> (u16, usize, usize) {
    let (mut filled, mut whole) = (0, None);
    loop {
        // Waiting first saves a call that would only say "not yet".
        stream.readable().await.expect("a connection");
        match stream.try_read(&mut answer[filled..]) {
            Ok(0) => panic!("the server closed a connection"),
            Ok(length) => filled += length,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => panic!("an answer could not be read: {error}"),
        }
        whole = whole.or_else(|| ends(&answer[..filled]));
        if let Some((head, whole)) = whole
            && filled >= whole
        {
            let status =
                std::str::from_utf8(&answer[9..12]).ok().and_then(|text| text.parse().ok());
            return (status.unwrap_or_default(), head, whole);
        }
    }
}

/// Where a head and the body after it end, once that can be told.
fn ends(answer: &[u8]) -> Option<(usize, usize)> {
    let head = answer.windows(4).position(|part| part == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..head]).ok()?;
    if text.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked") {
        let last = b"\r\n0\r\n\r\n";
        return answer[head - 2..].ends_with(last).then_some((head, answer.len()));
    }
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some((head, head + length.unwrap_or(0)))
}
