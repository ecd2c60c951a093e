//! The text format that Prometheus reads, version 0.0.4.

use std::fmt::{Display, Write};
use std::time::Duration;

/// Families of samples, one after the other.
#[derive(Default)]
pub(super) struct Text(String);

/// One family: the samples of one name.
pub(super) struct Family<'text> {
    text: &'text mut String,
    name: &'static str,
}

type Labels<'a> = [(&'a str, &'a str)];

impl Text {
    pub(super) fn counter(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family("counter", name, help)
    }

    pub(super) fn gauge(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family("gauge", name, help)
    }

    pub(super) fn histogram(&mut self, name: &'static str, help: &str) -> Family<'_> {
        self.family("histogram", name, help)
    }

    pub(super) fn done(self) -> String {
        self.0
    }

    fn family(&mut self, kind: &str, name: &'static str, help: &str) -> Family<'_> {
        put(&mut self.0, format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        Family { text: &mut self.0, name }
    }
}

impl Family<'_> {
    pub(super) fn value(&mut self, value: u64) {
        self.sample("", &[], value);
    }

    pub(super) fn seconds(&mut self, time: Duration) {
        self.sample("", &[], time.as_secs_f64());
    }

    pub(super) fn labelled(&mut self, labels: &Labels<'_>, value: u64) {
        self.sample("", labels, value);
    }

    /// A histogram: counts up to each bound (in microseconds), and above the last.
    pub(super) fn buckets(
        &mut self,
        labels: &Labels<'_>,
        bounds: &[u64],
        counts: &[u64],
        sum: Duration,
    ) {
        let mut so_far = 0;
        for (index, count) in counts.iter().enumerate() {
            so_far += count;
            let bound = match bounds.get(index) {
                Some(bound) => Duration::from_micros(*bound).as_secs_f64().to_string(),
                None => "+Inf".to_owned(),
            };
            self.sample("_bucket", &[labels, &[("le", &bound)]].concat(), so_far);
        }
        self.sample("_sum", labels, sum.as_secs_f64());
        self.sample("_count", labels, so_far);
    }

    fn sample(&mut self, suffix: &str, labels: &Labels<'_>, value: impl Display) {
        put(self.text, format_args!("{}{suffix}", self.name));
        for (index, (name, value)) in labels.iter().enumerate() {
            let before = if index == 0 { '{' } else { ',' };
            put(self.text, format_args!("{before}{name}=\"{}\"", escaped(value)));
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        put(self.text, format_args!(" {value}\n"));
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_written_as_prometheus_reads_it() {
        let mut text = Text::default();
        text.counter("c_total", "What.").labelled(&[("a", "x\"y"), ("b", "")], 3);
        let counts = [1, 0, 2];
        let sum = Duration::from_millis(1500);
        text.histogram("h", "How long.").buckets(&[("a", "x")], &[1000, 250_000], &counts, sum);
        assert_eq!(
            text.done(),
            "# HELP c_total What.\n# TYPE c_total counter\nc_total{a=\"x\\\"y\",b=\"\"} 3\n\
             # HELP h How long.\n# TYPE h histogram\n\
             h_bucket{a=\"x\",le=\"0.001\"} 1\nh_bucket{a=\"x\",le=\"0.25\"} 1\n\
             h_bucket{a=\"x\",le=\"+Inf\"} 3\nh_sum{a=\"x\"} 1.5\nh_count{a=\"x\"} 3\n"
        );
    }
}
