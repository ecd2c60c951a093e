//! Passwords: their rules, their hashes, and the threads that hash.
//!
//! Hashing takes 15 ms of a core and 19 MiB. A fixed number of threads does it,
//! each with one block of memory that it keeps (glibc never gives such blocks
//! back), at a lower priority than those that serve, behind a short queue.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};

/// Jobs that may wait; one more is told that the server is busy.
const QUEUE: usize = 64;

/// OWASP Password Storage: Argon2id with 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// What a hash from elsewhere may ask for, or checking it stops the server.
const MOST_MEMORY_KIB: u32 = 256 << 10;
const MOST_PASSES: u32 = 16;

fn params() -> Params {
    Params::new(MEMORY_KIB, PASSES, 1, Some(32)).expect("these parameters are in range")
}

/// Why a password cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    TooShort,
    TooLong,
    Common,
}

/// 8 to 128 UTF-16 units of any kind, as Better Auth counts, and not one of
/// those that everybody tries first.
pub fn weakness(password: &str) -> Option<Weakness> {
    match password.encode_utf16().count() {
        0..8 => Some(Weakness::TooShort),
        8..=128 if is_common(password) => Some(Weakness::Common),
        8..=128 => None,
        _ => Some(Weakness::TooLong),
    }
}

/// The rule for a command, in words.
pub fn check(password: &str) -> Result<()> {
    let refuse = |why| Err(Error::invalid("password", why));
    match weakness(password) {
        None => Ok(()),
        Some(Weakness::TooShort) => refuse("must have at least 8 characters"),
        Some(Weakness::TooLong) => refuse("must have at most 128 characters"),
        Some(Weakness::Common) => refuse("is one of the most common passwords"),
    }
}

fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    include_str!("common_passwords.txt").lines().any(|common| common == lower)
}

/// Whether a password was right, and whether its hash should be made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right { outdated: bool },
}

/// The hash of a password nobody has, so that an unknown account takes as long
/// as a known one.
static NOBODYS: LazyLock<String> = LazyLock::new(|| {
    let mut memory = Memory::new();
    hash_in(&mut memory, "a password of nobody").unwrap_or_default()
});

/// A salted hash as a PHC string, on this thread.
pub fn hash(password: &str) -> Result<String> {
    hash_in(&mut Memory::new(), password)
}

/// Why a hash from elsewhere cannot be checked here, if it cannot.
pub fn unusable(stored: &str) -> Option<&'static str> {
    if let Some((salt, key)) = stored.split_once(':') {
        let hex = |text: &str| text.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
        let fits = (1..=128).contains(&salt.len()) && key.len() == 128 && hex(salt) && hex(key);
        return (!fits).then_some("its hash is not Better Auth's own");
    }
    let params = PasswordHash::new(stored).ok().and_then(|stored| {
        Algorithm::try_from(stored.algorithm.as_str()).ok()?;
        (stored.salt.is_some() && stored.hash.is_some()).then(|| Params::try_from(&stored).ok())?
    });
    match params {
        None => Some("its hash is neither scrypt nor Argon2"),
        Some(params) if params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > MOST_PASSES => {
            Some("its hash takes too much memory or time to check")
        }
        Some(_) => None,
    }
}

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Threads that hash, as many as cores.
#[derive(Clone)]
pub struct Hasher {
    jobs: SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
}

impl Hasher {
    pub fn start() -> Result<Hasher> {
        let (jobs, queue) = sync_channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        for _ in 0..cores {
            let queue = queue.clone();
            std::thread::Builder::new()
                .name("docket-hasher".into())
                .spawn(move || work(&queue))
                .map_err(|error| Error::Setup(format!("cannot start a thread: {error}")))?;
        }
        Ok(Hasher { jobs, waiting: Arc::default() })
    }

    /// A salted hash as a PHC string.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.run(move |memory| hash_in(memory, &password)).await?
    }

    /// Compares with a stored hash: ours, another Argon2 or Better Auth's
    /// scrypt. Without one it takes as long, and is wrong.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<Verdict> {
        self.run(move |memory| match stored {
            Some(stored) => verify_in(memory, &password, &stored),
            None => {
                verify_in(memory, &password, &NOBODYS);
                Verdict::Wrong
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |memory| {
            // Whoever asked may have gone away; then the work is spared.
            if !reply.is_closed() {
                let _ = reply.send(work(memory));
            }
        });
        let busy = || Error::Unavailable("too many passwords are being checked".into());
        let _waiting = Waiting::begin(&self.waiting);
        self.jobs.try_send(job).map_err(|_| busy())?;
        answer.await.map_err(|_| busy())
    }

    /// How many wait for a hash.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

/// Somebody who waits, until they have their answer or are gone.
struct Waiting<'a>(&'a AtomicUsize);

impl Waiting<'_> {
    fn begin(count: &AtomicUsize) -> Waiting<'_> {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn work(queue: &Mutex<Receiver<Job>>) {
    // It only yields to those that serve; without it they share evenly.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 10);
    let mut memory = Memory::new();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        job(&mut memory);
    }
}

/// The memory that one hash after another is made in.
struct Memory(Vec<Block>);

impl Memory {
    /// None yet: a server where nobody signs in needs none.
    fn new() -> Memory {
        Memory(Vec::new())
    }

    fn argon2(
        &mut self,
        algorithm: Algorithm,
        version: Version,
        params: Params,
        password: &str,
        salt: &[u8],
        size: usize,
    ) -> Option<Vec<u8>> {
        let mut out = vec![0; size];
        let blocks = params.block_count();
        let argon2 = Argon2::new(algorithm, version, params);
        let usual = self::params().block_count();
        if self.0.is_empty() && blocks <= usual {
            self.0 = vec![Block::default(); usual];
        }
        let done = if blocks <= self.0.len() {
            argon2.hash_password_into_with_memory(
                password.as_bytes(),
                salt,
                &mut out,
                &mut self.0[..blocks],
            )
        } else {
            argon2.hash_password_into(password.as_bytes(), salt, &mut out)
        };
        done.ok().map(|()| out)
    }
}

fn hash_in(memory: &mut Memory, password: &str) -> Result<String> {
    let failed = || Error::Internal("cannot hash a password".into());
    let password = &normal(password);
    let salt = Salt::generate();
    let bytes = memory
        .argon2(Algorithm::Argon2id, Version::V0x13, params(), password, &salt, 32)
        .ok_or_else(failed)?;
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params()).map_err(|_| failed())?,
        salt: Some(salt),
        hash: Some(Output::new(&bytes).map_err(|_| failed())?),
    };
    Ok(hash.to_string())
}

fn verify_in(memory: &mut Memory, password: &str, stored: &str) -> Verdict {
    if let Some((salt, key)) = stored.split_once(':') {
        return verdict(is_better_auth(password, salt, key), true);
    }
    let normal = normal(password);
    let found = verify_argon2(memory, &normal, stored);
    if found == Verdict::Wrong && normal != password {
        // A hash from elsewhere may be of the text just as it is typed.
        return match verify_argon2(memory, password, stored) {
            Verdict::Right { .. } => Verdict::Right { outdated: true },
            Verdict::Wrong => Verdict::Wrong,
        };
    }
    found
}

/// The one form of what keyboards and systems write differently (NFKC), as
/// Better Auth has it: whoever moves in goes on as they are used to.
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

fn verify_argon2(memory: &mut Memory, password: &str, stored: &str) -> Verdict {
    let Some((computed, expected, outdated)) = argon2_of(memory, password, stored) else {
        return Verdict::Wrong;
    };
    verdict(computed.ct_eq(&expected).into(), outdated)
}

fn verdict(right: bool, outdated: bool) -> Verdict {
    if right { Verdict::Right { outdated } } else { Verdict::Wrong }
}

fn argon2_of(
    memory: &mut Memory,
    password: &str,
    stored: &str,
) -> Option<(Vec<u8>, Vec<u8>, bool)> {
    let stored = PasswordHash::new(stored).ok()?;
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
    let used = Params::try_from(&stored).ok()?;
    let outdated =
        algorithm != Algorithm::Argon2id || used.m_cost() < MEMORY_KIB || used.t_cost() < PASSES;
    let (salt, expected) = (stored.salt?, stored.hash?);
    let computed = memory.argon2(algorithm, version, used, password, &salt, expected.len())?;
    Some((computed, expected.as_bytes().to_vec(), outdated))
}

/// Better Auth's own hash: scrypt of the NFKC text with N 16384, r 16, p 1, and
/// the *hexadecimal text* of the salt as salt.
fn is_better_auth(password: &str, salt: &str, key: &str) -> bool {
    let Ok(params) = scrypt::Params::new(14, 16, 1, 64) else { return false };
    let mut computed = [0; 64];
    if scrypt::scrypt(normal(password).as_bytes(), salt.as_bytes(), &params, &mut computed).is_err()
    {
        return false;
    }
    let hex: String = computed.iter().map(|byte| format!("{byte:02x}")).collect();
    hex.as_bytes().ct_eq(key.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Hashes made by a Better Auth server.
    #[test]
    fn better_auths_hashes_verify() {
        for (password, stored) in [
            (
                "password123",
                "7d29780f5eaf9e9ca6c862162bd86250:b133b2e2c135c3dd6c4e6a70bff779c2f6063947eeba7c0889baa6eb83f1bad6b7d05ea1b52a2b442ee769d8e28f363e39c0f1008b444e95a0242ec86261671b",
            ),
            (
                "fiancé Å1",
                "45c149514b144bf64c3fc3bd130d0903:6d719c5a77d18eefc2ffa3e99a829e6d6869234e275a72a821d9dd3e29b562cc5f9fa330d1cd44660d262c324502cb1703a01fc803306130325912211630765c",
            ),
            (
                "😀😀😀😀",
                "517fde30ef1e47545e4b138c7f02437a:917c84619c77d7c489920846985bf5c596a75fdec135eeae88f4e41d781c9ef9e87bcc4f870323c6a2c2d51ff97f5e36598bbe233ce1c062fc4c52eb0579691a",
            ),
        ] {
            let mut memory = Memory::new();
            let right = Verdict::Right { outdated: true };
            assert_eq!(verify_in(&mut memory, password, stored), right, "{password}");
            assert_eq!(verify_in(&mut memory, "another", stored), Verdict::Wrong);
        }
    }

    // SECURITY-BAR S8
    #[test]
    fn our_hash_is_argon2id_with_19_mib() {
        let mut memory = Memory::new();
        let stored = hash_in(&mut memory, "correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let right = Verdict::Right { outdated: false };
        assert_eq!(verify_in(&mut memory, "correct horse", &stored), right);
        assert_eq!(verify_in(&mut memory, "correct horsE", &stored), Verdict::Wrong);
        assert_eq!(verify_in(&mut memory, "correct horse", "nonsense"), Verdict::Wrong);
    }

    #[test]
    fn a_password_is_the_same_however_it_is_typed() {
        let mut memory = Memory::new();
        let right = Verdict::Right { outdated: false };
        for (one, other) in
            [("ｐａｓｓｗｏｒｄ１２３", "password123"), ("caf\u{e9}-1234", "cafe\u{301}-1234")]
        {
            let stored = hash_in(&mut memory, one).unwrap();
            assert_eq!(verify_in(&mut memory, other, &stored), right, "{other}");
            assert_eq!(verify_in(&mut memory, one, &stored), right, "{one}");
        }
        let salt = Salt::generate();
        let as_typed = memory
            .argon2(Algorithm::Argon2id, Version::V0x13, params(), "cafe\u{301}-1234", &salt, 32)
            .unwrap();
        let stored = PasswordHash {
            algorithm: ARGON2ID_IDENT,
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params()).unwrap(),
            salt: Some(salt),
            hash: Some(Output::new(&as_typed).unwrap()),
        };
        let verdict = verify_in(&mut memory, "cafe\u{301}-1234", &stored.to_string());
        assert_eq!(verdict, Verdict::Right { outdated: true });
    }

    // SECURITY-BAR S9
    #[test]
    fn a_password_has_8_to_128_units_and_is_not_common() {
        assert_eq!(weakness("1234567"), Some(Weakness::TooShort));
        assert_eq!(weakness("😀😀😀😀"), None);
        assert_eq!(weakness(&"x1".repeat(64)), None);
        assert_eq!(weakness(&"x1".repeat(65)), Some(Weakness::TooLong));
        assert_eq!(weakness("Password1"), Some(Weakness::Common));
    }
}
