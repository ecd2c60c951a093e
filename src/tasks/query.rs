//! Which tasks, in which order, from where: the parameters of `GET /api/tasks`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::due::DueBound;
use crate::error::{Error, Fault, Result};
use crate::ids::ListId;

/// The tasks a client asks for.
#[derive(Clone, Debug, Default)]
pub struct TaskQuery {
    pub list: Option<ListId>,
    pub completed: Option<bool>,
    /// Strictly before this wall-clock time.
    pub due_before: Option<DueBound>,
    /// At or after this wall-clock time.
    pub due_after: Option<DueBound>,
    /// Each must occur in the title or the description, in any letter case.
    pub words: Vec<String>,
    pub sort: Sort,
    pub limit: Limit,
    pub cursor: Option<Cursor>,
}

/// One page of something, and where the next begins.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl TaskQuery {
    /// What a cursor must have been made for: the order, and whether one list.
    pub(super) fn fingerprint(&self) -> String {
        let (name, _) = SORT_KEYS[self.sort.key as usize];
        let sign = if self.sort.descending { "-" } else { "" };
        let one = if self.list.is_some() { "/list" } else { "" };
        format!("tasks{one} {sign}{name}")
    }
}

/// What to sort by; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// By the time in the id, which is the client's if the client chose the id.
    #[default]
    CreatedAt,
    UpdatedAt,
    CompletedAt,
    Due,
    Priority,
    Title,
    /// By list, then in each list's own order.
    Position,
}

const SORT_KEYS: [(&str, SortKey); 7] = [
    ("created_at", SortKey::CreatedAt),
    ("updated_at", SortKey::UpdatedAt),
    ("completed_at", SortKey::CompletedAt),
    ("due", SortKey::Due),
    ("priority", SortKey::Priority),
    ("title", SortKey::Title),
    ("position", SortKey::Position),
];

impl Sort {
    /// Reads `due` or `-due`.
    fn parse(text: &str) -> Option<Sort> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let (_, key) = SORT_KEYS.iter().find(|(known, _)| *known == name)?;
        Some(Sort { key: *key, descending })
    }
}

/// How many items a page has: 1 to 200, 50 unless told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub u32);

impl Default for Limit {
    fn default() -> Self {
        Limit(50)
    }
}

/// One value that a page ended on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    Number(i64),
    Text(String),
}

/// The last row of a page, as opaque text: a page that follows it neither
/// skips nor repeats what was there all along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which list of things it belongs to, so that it is of no use elsewhere.
    pub of: String,
    pub keys: Vec<Key>,
}

impl Cursor {
    pub fn encode(&self) -> String {
        let json = serde_json::to_vec(self).expect("text and numbers are always JSON");
        URL_SAFE_NO_PAD.encode(json)
    }

    pub fn decode(text: &str) -> Option<Cursor> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice(&json).ok()
    }
}

/// Reads the parameters; a faulty, doubled or unknown one is refused by name.
pub fn read_query(pairs: impl Iterator<Item = (String, String)>) -> Result<TaskQuery> {
    let mut query = TaskQuery::default();
    let mut params = Params::new(pairs);
    query.list = params.take("list", "must be a list's id", |text| text.parse().ok());
    query.completed = params.take("completed", "must be true or false", |text| text.parse().ok());
    let bound = "must be a date or a local date-time";
    query.due_before = params.take("due_before", bound, |text| text.parse().ok());
    query.due_after = params.take("due_after", bound, |text| text.parse().ok());
    query.words = params.take("q", "must be 1 to 200 characters", read_words).unwrap_or_default();
    let sort = "must be created_at, updated_at, completed_at, due, priority, title or position, \
                with - before it for descending";
    query.sort = params.take("sort", sort, Sort::parse).unwrap_or_default();
    query.limit = params.limit();
    query.cursor = params.take("cursor", "is not one that this address gave", Cursor::decode);
    if query.sort.key == SortKey::CompletedAt && query.completed != Some(true) {
        params.fault("sort", "completed_at needs completed=true");
    }
    params.done()?;
    Ok(query)
}

/// Query parameters that have not been read yet, and the faults so far.
pub struct Params {
    pairs: Vec<(String, String)>,
    faults: Vec<Fault>,
}

impl Params {
    pub fn new(pairs: impl Iterator<Item = (String, String)>) -> Params {
        Params { pairs: pairs.collect(), faults: Vec::new() }
    }

    /// Takes a parameter that may be given once.
    pub fn take<T>(
        &mut self,
        name: &str,
        must: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let mut values = self.pairs.extract_if(.., |(key, _)| key == name);
        let (_, value) = values.next()?;
        let doubled = values.next().is_some();
        drop(values);
        if doubled {
            self.fault(name, "is given more than once");
            return None;
        }
        let parsed = parse(&value);
        if parsed.is_none() {
            self.fault(name, must);
        }
        parsed
    }

    pub fn limit(&mut self) -> Limit {
        let in_range = |text: &str| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|limit| digits && (1..=200).contains(limit))
        };
        self.take("limit", "must be 1 to 200", in_range).map(Limit).unwrap_or_default()
    }

    pub fn fault(&mut self, name: &str, detail: &str) {
        self.faults.push(Fault::new(name, detail));
    }

    /// Refuses what is left over, and tells every fault.
    pub fn done(mut self) -> Result<()> {
        for (name, _) in &self.pairs {
            self.faults.push(Fault::new(name.as_str(), "is not a known parameter"));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Invalid(self.faults)) }
    }
}

fn read_words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = text.chars().count() <= 200 && !words.is_empty() && !text.contains('\0');
    fits.then_some(words)
}
