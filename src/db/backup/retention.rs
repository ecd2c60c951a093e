//! Which backups stay: a few of the latest days, weeks and months.

use std::collections::BTreeSet;

use crate::time::Timestamp;

/// What is this young stays, whatever else there is of the same day.
const YOUNG: i64 = DAY;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The number of the day, week or month that a time is in.
type Period = fn(Timestamp) -> i64;

/// Of how many days, weeks and months the newest backup is kept.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    pub daily: u32,
    pub weekly: u32,
    pub monthly: u32,
}

/// For each backup, given by its time in any order, whether it stays. The newest
/// always does. Days, weeks (from Monday) and months are those of UTC, and only
/// those count of which there is a backup.
pub fn kept(times: &[Timestamp], keep: Keep, now: Timestamp) -> Vec<bool> {
    let mut newest_first: Vec<usize> = (0..times.len()).collect();
    newest_first.sort_by_key(|index| std::cmp::Reverse(times[*index]));
    let rules: [(u32, Period); 3] = [(keep.daily, day), (keep.weekly, week), (keep.monthly, month)];
    let mut stays: Vec<bool> = times.iter().map(|time| now.0 - time.0 < YOUNG).collect();
    if let Some(newest) = newest_first.first() {
        stays[*newest] = true;
    }
    for (count, period) in rules {
        let mut seen = BTreeSet::new();
        for index in &newest_first {
            let is_newest_of_its_period = seen.insert(period(times[*index]));
            if is_newest_of_its_period && seen.len() <= count as usize {
                stays[*index] = true;
            }
        }
    }
    stays
}

/// True if the latest backup is a day old, or there is none. One from a time to
/// come, after the clock was set back, is none.
pub fn is_due(times: &[Timestamp], now: Timestamp) -> bool {
    !times.iter().any(|time| (0..DAY).contains(&(now.0 - time.0)))
}

fn day(time: Timestamp) -> i64 {
    time.0.div_euclid(DAY)
}

/// The first day of 1970 was a Thursday.
fn week(time: Timestamp) -> i64 {
    (day(time) + 3).div_euclid(7)
}

/// Months since the year 0, by the civil calendar (Hinnant, days_from_civil).
fn month(time: Timestamp) -> i64 {
    let days = day(time) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + from_march + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Keep = Keep { daily: 7, weekly: 4, monthly: 6 };

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn months_change_where_the_calendar_says() {
        let month = |text| month(at(text));
        assert_eq!(month("2026-12-31T23:59:59Z") + 1, month("2027-01-01T00:00:00Z"));
        assert_eq!(month("2028-02-29T12:00:00Z") + 1, month("2028-03-01T00:00:00Z"));
        assert_eq!(month("2026-03-01T00:00:00Z"), month("2026-03-31T23:00:00Z"));
        assert_eq!(month("2025-11-30T00:00:00Z") + 12, month("2026-11-01T00:00:00Z"));
        assert_eq!(month("1969-12-31T00:00:00Z") + 1, month("1970-01-01T00:00:00Z"));
    }

    #[test]
    fn a_year_of_daily_backups_leaves_seven_days_four_weeks_and_six_months() {
        let mut kept_times: Vec<Timestamp> = Vec::new();
        let begin = at("2026-01-01T03:00:00Z");
        for number in 0..365 {
            let now = begin.plus_seconds(number * 86_400);
            kept_times.push(now);
            let stays = kept(&kept_times, USUAL, now);
            let mut stays = stays.into_iter();
            kept_times.retain(|_| stays.next() == Some(true));
            assert!(kept_times.len() <= 17 && kept_times.contains(&now));
        }
        let shown: Vec<String> =
            kept_times.iter().map(|time| time.to_string()[..10].to_owned()).collect();
        let months = ["2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-30"];
        let weeks = ["2026-12-13", "2026-12-20"];
        let days = ["2026-12-25", "2026-12-26", "2026-12-27", "2026-12-28", "2026-12-29"];
        let last = ["2026-12-30", "2026-12-31"];
        assert_eq!(shown, [&months[..], &weeks, &days, &last].concat());
    }

    #[test]
    fn what_is_young_or_the_newest_stays() {
        let none = Keep { daily: 0, weekly: 0, monthly: 0 };
        let times =
            ["2026-11-21T09:00:00Z", "2026-11-21T08:00:00Z", "2026-11-19T08:00:00Z"].map(at);
        assert_eq!(kept(&times, none, at("2026-11-21T10:00:00Z")), [true, true, false]);
        assert_eq!(kept(&times, none, at("2026-12-21T10:00:00Z")), [true, false, false]);
        assert!(kept(&[], USUAL, at("2026-12-21T10:00:00Z")).is_empty());
    }

    #[test]
    fn rare_backups_stay_however_old() {
        let times = ["2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"].map(at);
        assert_eq!(kept(&times, USUAL, at("2026-11-21T10:00:00Z")), [true, true]);
    }

    // SECURITY-BAR D17
    #[test]
    fn the_next_is_due_after_a_day_also_when_the_clock_was_set_back() {
        let made = [at("2026-11-21T10:00:00Z")];
        assert!(is_due(&[], made[0]));
        assert!(!is_due(&made, at("2026-11-22T09:59:59Z")));
        assert!(is_due(&made, at("2026-11-22T10:00:00Z")));
        assert!(is_due(&made, at("2026-11-20T10:00:00Z")));
    }
}
