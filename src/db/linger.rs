//! How long a commit waits for company.
//!
//! Those whom one commit answered come back with their next write a moment
//! later. A commit that takes the first of them at once makes the others wait
//! for a sync of their own, so while several write it lingers, for a part of
//! what a sync takes (as `commit_delay` of PostgreSQL does). Somebody who
//! writes alone never waits.

use std::time::Duration;

/// No disk is so slow that waiting longer would pay.
const LONGEST: Duration = Duration::from_millis(4);

/// What the last commits were like.
#[derive(Default)]
pub(super) struct Linger {
    /// Jobs that a commit served lately; fades when they stay away.
    crowd: usize,
    /// What a commit takes, the latest counting most.
    sync: Duration,
}

impl Linger {
    /// How many jobs are worth waiting for, and for how long.
    pub(super) fn company(&self) -> (usize, Duration) {
        (self.crowd, (self.sync / 3).min(LONGEST))
    }

    /// Notes a commit that served `jobs` and whose sync took `time`.
    pub(super) fn committed(&mut self, jobs: usize, time: Duration) {
        self.crowd = jobs.max(self.crowd * 7 / 8);
        self.sync = (self.sync * 7 + time) / 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_alone_is_not_kept_waiting() {
        let mut linger = Linger::default();
        for _ in 0..20 {
            linger.committed(1, Duration::from_millis(3));
        }
        assert!(linger.company().0 <= 1);
    }

    #[test]
    fn a_crowd_is_waited_for_until_it_stays_away() {
        let mut linger = Linger::default();
        for jobs in [16, 3, 16, 3] {
            linger.committed(jobs, Duration::from_millis(3));
        }
        assert!(linger.company().0 >= 14);
        for _ in 0..40 {
            linger.committed(1, Duration::from_millis(3));
        }
        assert!(linger.company().0 <= 1);
    }

    #[test]
    fn it_waits_for_a_part_of_a_sync_and_never_long() {
        let mut linger = Linger::default();
        for _ in 0..50 {
            linger.committed(16, Duration::from_millis(3));
        }
        assert!((800..=1000).contains(&linger.company().1.as_micros()));
        for _ in 0..50 {
            linger.committed(16, Duration::from_secs(1));
        }
        assert_eq!(linger.company().1, LONGEST);
    }
}
