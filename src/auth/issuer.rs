//! An external issuer and the keys it published last.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Mutex;

use super::fetch;
use super::jwk::KeySet;
use super::jwt::{self, VerifyingKey};
use crate::config::IssuerConfig;

/// A key nobody knows is asked for this often at most.
const COOL_DOWN: Duration = Duration::from_secs(15);

/// Keys are asked for anew after this, so that a withdrawn one goes.
const STALE: Duration = Duration::from_secs(300);

pub(super) struct Issuer {
    pub config: IssuerConfig,
    known: RwLock<Known>,
    /// Held while fetching: one fetch at a time.
    fetching: Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    set: Arc<KeySet>,
    /// What it was read from: the same text leaves the same set.
    text: Arc<str>,
    asked: Option<Instant>,
    failed: bool,
}

/// The keys an issuer published when it vouched for somebody.
#[derive(Clone)]
pub(super) struct Voucher {
    issuer: Arc<Issuer>,
    set: Arc<KeySet>,
}

impl Voucher {
    /// False once the issuer is known to publish other keys: the one that was
    /// believed may be withdrawn.
    pub(super) fn holds(&self) -> bool {
        let known = self.issuer.known();
        self.issuer.renew(&known);
        Arc::ptr_eq(&known.set, &self.set)
    }
}

impl std::fmt::Debug for Voucher {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Voucher({})", self.issuer.config.issuer)
    }
}

/// Whether a key is known.
pub(super) enum Lookup {
    Found(VerifyingKey, Voucher),
    Unknown,
    /// The issuer could not be asked, and no key of it is known.
    Unreachable,
}

impl Issuer {
    pub(super) fn new(config: IssuerConfig) -> Issuer {
        Issuer { config, known: RwLock::default(), fetching: Mutex::default() }
    }

    /// The key a token names, fetched if it is not known yet.
    pub(super) async fn key(self: &Arc<Self>, kid: Option<&str>) -> Lookup {
        let known = self.known();
        if let Some(key) = known.set.find(kid) {
            self.renew(&known);
            return Lookup::Found(key.clone(), self.voucher(&known));
        }
        self.refresh(COOL_DOWN).await;
        let known = self.known();
        match known.set.find(kid) {
            Some(key) => Lookup::Found(key.clone(), self.voucher(&known)),
            None if known.failed && known.set.keys.is_empty() => Lookup::Unreachable,
            None => Lookup::Unknown,
        }
    }

    fn voucher(self: &Arc<Self>, known: &Known) -> Voucher {
        Voucher { issuer: self.clone(), set: known.set.clone() }
    }

    /// Asks for the keys beside the request if what is known is old.
    fn renew(self: &Arc<Self>, known: &Known) {
        if known.asked.is_none_or(|asked| asked.elapsed() > STALE) {
            let issuer = self.clone();
            tokio::spawn(async move { issuer.refresh(STALE).await });
        }
    }

    /// True if a key with this name was published.
    pub(super) fn has_key(&self, kid: &str) -> bool {
        self.known().set.find(Some(kid)).is_some()
    }

    /// Asks for the keys, unless that was done less than `age` ago.
    async fn refresh(&self, age: Duration) {
        let _one = self.fetching.lock().await;
        if self.known().asked.is_some_and(|asked| asked.elapsed() < age) {
            return;
        }
        let config = self.config.clone();
        let fetched = tokio::task::spawn_blocking(move || fetch_text(&config)).await;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.asked = Some(Instant::now());
        let fetched = fetched.unwrap_or_else(|error| Err(error.to_string()));
        match fetched.and_then(|text| Ok((KeySet::parse(&text)?, text))) {
            Ok((_, text)) if *text == *known.text => known.failed = false,
            Ok((set, text)) => {
                for why in &set.skipped {
                    tracing::warn!(
                        issuer = self.config.issuer,
                        "a published key cannot be used: {why}"
                    );
                }
                known.set = Arc::new(set);
                known.text = text.into();
                known.failed = false;
            }
            Err(why) => {
                tracing::warn!(issuer = self.config.issuer, "cannot get the issuer's keys: {why}");
                known.failed = true;
            }
        }
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What an issuer publishes at this moment, as `docket issuer test` shows it.
#[derive(Debug, Serialize)]
pub struct Published {
    pub issuer: String,
    /// Why its keys cannot be had at all.
    pub failure: Option<String>,
    pub keys: Vec<PublishedKey>,
    /// Why other keys cannot be used.
    pub unusable: Vec<String>,
}

/// A key that tokens can be checked with.
#[derive(Debug, Serialize)]
pub struct PublishedKey {
    pub kid: Option<String>,
    pub algorithm: &'static str,
}

/// Asks an issuer for its keys, as the server does. Blocks.
pub fn published(config: &IssuerConfig) -> Published {
    let issuer = config.issuer.clone();
    let usable = |key: &VerifyingKey| PublishedKey {
        kid: key.kid.clone(),
        algorithm: jwt::name(key.algorithm),
    };
    match fetch_text(config).and_then(|text| KeySet::parse(&text)) {
        Ok(set) => {
            let keys = set.keys.iter().map(usable).collect();
            Published { issuer, failure: None, keys, unusable: set.skipped }
        }
        Err(why) => {
            Published { issuer, failure: Some(why), keys: Vec::new(), unusable: Vec::new() }
        }
    }
}

fn fetch_text(config: &IssuerConfig) -> Result<String, String> {
    match (&config.jwks_url, &config.jwks_file) {
        (Some(url), _) => fetch::url(url),
        (None, Some(file)) => fetch::file(file),
        (None, None) => Err("neither jwks_url nor jwks_file is set".into()),
    }
}
