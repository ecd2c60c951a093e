//! A place in an order, as text that sorts by its bytes.
//!
//! A rank is a whole number and a fraction, both in base 62. The first letter
//! says how long the whole number is (`a` one digit, `b` two, ... and `Z` one
//! digit below zero, `Y` two, ...), so adding at either end makes the text
//! longer only with the logarithm of the count. Between two neighbours there
//! is always room for a fraction.
//!
//! | between     | and         | lies        |
//! | ----------- | ----------- | ----------- |
//! | nothing     | nothing     | `a0`        |
//! | `a0`        | nothing     | `a1`        |
//! | `az`        | nothing     | `b00`       |
//! | nothing     | `a0`        | `Zz`        |
//! | `a0`        | `a1`        | `a0V`       |
//! | `a0`        | `a0V`       | `a0F`       |

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Ranks of others are refused when they are longer; our own stay far below.
const LONGEST: usize = 4096;

/// A rank that sorts after `low` and before `high`; `None` is the open end.
/// Both must be ranks that this function made, in order.
pub fn between(low: Option<&str>, high: Option<&str>) -> String {
    match (low, high) {
        (None, None) => "a0".into(),
        (Some(low), None) => {
            let (whole, fraction) = split(low);
            next(whole).unwrap_or_else(|| format!("{whole}{}", middle(fraction, None)))
        }
        (None, Some(high)) => {
            let (whole, fraction) = split(high);
            if fraction.is_empty() {
                previous(whole).unwrap_or_else(|| format!("{whole}{}", middle("", Some(fraction))))
            } else {
                whole.to_owned()
            }
        }
        (Some(low), Some(high)) => {
            let (low_whole, low_fraction) = split(low);
            let (high_whole, high_fraction) = split(high);
            if low_whole == high_whole {
                return format!("{low_whole}{}", middle(low_fraction, Some(high_fraction)));
            }
            match next(low_whole) {
                Some(rank) if rank.as_str() < high => rank,
                _ => format!("{low_whole}{}", middle(low_fraction, None)),
            }
        }
    }
}

/// True for text that can stand as a rank: letters and digits, as many as the
/// first letter says, and no fraction that ends in `0`.
pub fn is_rank(text: &str) -> bool {
    let (whole, fraction) = if text.is_ascii() { split(text) } else { ("", "") };
    let letter = whole.chars().next().filter(char::is_ascii_alphabetic);
    let length = letter.map(|letter| number_of(letter as u8, DIGITS[0]).len());
    length == Some(whole.len())
        && text.len() <= LONGEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !fraction.ends_with('0')
}

/// The whole number (with its letter) and the fraction of a rank.
fn split(rank: &str) -> (&str, &str) {
    let digits = match rank.as_bytes().first() {
        Some(letter @ b'a'..=b'z') => usize::from(letter - b'a') + 1,
        Some(letter @ b'A'..=b'Z') => usize::from(b'Z' - letter) + 1,
        _ => 0,
    };
    rank.split_at((digits + 1).min(rank.len()))
}

/// The whole number that follows, or `None` after the very last.
fn next(whole: &str) -> Option<String> {
    let mut bytes = whole.as_bytes().to_vec();
    for byte in bytes[1..].iter_mut().rev() {
        match value(*byte) {
            61 => *byte = DIGITS[0],
            digit => {
                *byte = DIGITS[digit + 1];
                return text(bytes);
            }
        }
    }
    match bytes[0] {
        b'z' => None,
        b'Z' => Some("a0".into()),
        letter => text(number_of(letter + 1, DIGITS[0])),
    }
}

/// The whole number before, or `None` before the very first.
fn previous(whole: &str) -> Option<String> {
    let mut bytes = whole.as_bytes().to_vec();
    for byte in bytes[1..].iter_mut().rev() {
        match value(*byte) {
            0 => *byte = DIGITS[61],
            digit => {
                *byte = DIGITS[digit - 1];
                return text(bytes);
            }
        }
    }
    match bytes[0] {
        b'A' => None,
        b'a' => Some("Zz".into()),
        letter => text(number_of(letter - 1, DIGITS[61])),
    }
}

/// The number with this letter whose digits are all `digit`.
fn number_of(letter: u8, digit: u8) -> Vec<u8> {
    let digits = match letter {
        b'a'..=b'z' => letter - b'a' + 1,
        _ => b'Z' - letter + 1,
    };
    let mut bytes = vec![letter];
    bytes.extend(std::iter::repeat_n(digit, usize::from(digits)));
    bytes
}

/// A fraction between two, the upper end open if `None`; never ends in `0`.
fn middle(low: &str, high: Option<&str>) -> String {
    let (low, high) = (low.as_bytes(), high.map(str::as_bytes));
    let mut made = Vec::new();
    let mut bounded = high;
    for index in 0.. {
        let floor = low.get(index).map_or(0, |byte| value(*byte));
        let ceiling = match bounded {
            Some(high) => high.get(index).map_or(0, |byte| value(*byte)),
            None => 62,
        };
        if ceiling > floor + 1 {
            made.push(DIGITS[floor.midpoint(ceiling)]);
            break;
        }
        made.push(DIGITS[floor]);
        if ceiling == floor + 1 {
            bounded = None;
        }
    }
    text(made).unwrap_or_default()
}

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or(0)
}

fn text(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_above() {
        assert_eq!(between(None, None), "a0");
        assert_eq!(between(Some("a0"), None), "a1");
        assert_eq!(between(Some("az"), None), "b00");
        assert_eq!(between(None, Some("a0")), "Zz");
        assert_eq!(between(Some("a0"), Some("a1")), "a0V");
        assert_eq!(between(Some("a0"), Some("a0V")), "a0F");
    }

    #[test]
    fn a_hundred_thousand_at_the_end_stay_short() {
        let mut rank = between(None, None);
        for _ in 0..100_000 {
            let after = between(Some(&rank), None);
            assert!(after > rank);
            rank = after;
        }
        assert!(rank.len() <= 5, "{rank}");
    }

    #[test]
    fn there_is_always_room() {
        let mut order = vec![between(None, None)];
        let mut seed = 7_usize;
        for _ in 0..3000 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let index = (seed >> 33) % (order.len() + 1);
            let low = index.checked_sub(1).map(|low| order[low].as_str());
            let high = order.get(index).map(String::as_str);
            let rank = between(low, high);
            assert!(low.is_none_or(|low| low < rank.as_str()), "{low:?} {rank}");
            assert!(high.is_none_or(|high| rank.as_str() < high), "{rank} {high:?}");
            order.insert(index, rank);
        }
    }

    #[test]
    fn always_before_the_same_neighbour() {
        let (low, mut high) = ("a0".to_owned(), "a1".to_owned());
        for _ in 0..500 {
            let rank = between(Some(&low), Some(&high));
            assert!(low < rank && rank < high);
            high = rank;
        }
        let mut first = "a0".to_owned();
        for _ in 0..10_000 {
            let rank = between(None, Some(&first));
            assert!(rank < first);
            first = rank;
        }
    }
}
