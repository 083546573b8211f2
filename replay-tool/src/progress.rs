//! How far something is that takes longer than a moment: how much of how much, how fast, and how long it still takes. On a
//! terminal alone, and gone once it is over.

use std::io::{self, Read, Write};
use std::sync::{Arc, Once};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressState, ProgressStyle};

use crate::print::number;

/// What is over sooner needs no bar.
const MOMENT: Duration = Duration::from_secs(1);

const EVENTS: &str = "{prefix}{wide_bar} {human_pos} of {human_len} events, {rate}, {eta} left";
const ENTRIES: &str = "{prefix}{wide_bar} {human_pos} of {human_len} entries, {rate}, {eta} left";
const ROWS: &str = "{prefix}{wide_bar} {human_pos} of {human_len} rows, {rate}, {eta} left";
const KEYS: &str = "{prefix}{wide_bar} {human_pos} of {human_len} keys, {rate}, {eta} left";
const BYTES: &str = "{prefix}{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
const ABOUT: &str = "{prefix}{wide_bar} {bytes} of about {total_bytes}, {bytes_per_sec}, {eta} left";
const LOGS: &str = "{prefix}{wide_bar} {human_pos} of {human_len} logs, {rate}, {eta} left";

/// A bar on standard error. Nothing is shown where that is no terminal. Cheap to clone; with the last of them it is gone, also
/// where what it was of has failed.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: Arc<Once>,
}

impl Progress {
    /// Over so many events. The log may grow meanwhile: the bar then stays full.
    pub fn events(of: u64) -> Self {
        Self::over(of, EVENTS)
    }

    /// Over so many entries of a log.
    pub fn entries(of: u64) -> Self {
        Self::over(of, ENTRIES)
    }

    /// Over so many rows of read models.
    pub fn rows(of: u64) -> Self {
        Self::over(of, ROWS)
    }

    /// Over so many data keys.
    pub fn keys(of: u64) -> Self {
        Self::over(of, KEYS)
    }

    /// Over so many logs, one a clinic.
    pub fn logs(of: u64) -> Self {
        Self::over(of, LOGS)
    }

    /// Over so many bytes.
    pub fn bytes(of: u64) -> Self {
        Self::over(of, BYTES)
    }

    /// Over some bytes of which nobody knows yet exactly how many they will be.
    pub fn bytes_about(of: u64) -> Self {
        Self::over(of, ABOUT)
    }

    fn over(of: u64, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::hidden());
        // The template is a constant; a bar of the usual style says much the same.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let _ = write!(out, "{}/s", number(state.per_sec() as u64));
        };
        bar.set_style(style.with_key("rate", rate));
        Self { bar: bar.with_finish(ProgressFinish::AndClear), started: Instant::now(), shown: Arc::new(Once::new()) }
    }

    /// Says what is being done, where it is one of several things.
    pub fn doing(self, what: &str) -> Self {
        self.bar.set_prefix(format!("{what} "));
        self
    }

    /// So many more are done.
    pub fn add(&self, more: u64) {
        // Once: where standard error is no terminal the bar stays hidden.
        if !self.shown.is_completed() && self.started.elapsed() > MOMENT {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
        self.bar.inc(more);
    }

    /// So many of so many are done.
    pub fn reach(&self, done: u64, of: u64) {
        if self.bar.length() != Some(of) {
            self.bar.set_length(of);
        }
        self.add(done.saturating_sub(self.bar.position()));
    }

    /// Counts the bytes that are read from this or written to it.
    pub fn through<T>(&self, inner: T) -> Through<T> {
        Through { inner, progress: self.clone() }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Something that is read or written, every byte of it counted.
#[derive(Debug)]
pub struct Through<T> {
    inner: T,
    progress: Progress,
}

impl<T> Through<T> {
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: Read> Read for Through<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}

impl<T: Write> Write for Through<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.progress.add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use indicatif::TermLike;

    use super::*;

    /// A terminal of ninety columns that keeps what is written on it.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            90
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().clear();
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The line that a bar shows, and the screen it is on.
    fn shown(progress: &Progress) -> (String, Screen) {
        let screen = Screen::default();
        progress.bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(screen.clone())));
        progress.bar.force_draw();
        let line = screen.0.lock().unwrap().clone();
        (line, screen)
    }

    #[test]
    fn each_says_in_its_unit_how_much_of_how_much_how_fast_and_how_long() {
        let bars = [
            (Progress::events(2_000_000), "1,234 of 2,000,000 events, "),
            (Progress::entries(2_000), "1,234 of 2,000 entries, "),
            (Progress::rows(2_000), "1,234 of 2,000 rows, "),
            (Progress::keys(2_000), "1,234 of 2,000 keys, "),
            (Progress::logs(2_000), "1,234 of 2,000 logs, "),
            (Progress::bytes(3 << 20), "1.21 KiB of 3.00 MiB, "),
            (Progress::bytes_about(3 << 20), "1.21 KiB of about 3.00 MiB, "),
        ];
        for (progress, said) in bars {
            progress.add(1_234);
            let (line, _) = shown(&progress.doing("restoring the log"));
            assert!(line.starts_with("restoring the log ") && line.contains(said), "{line}");
            assert!(line.contains("/s, ") && line.trim_end().ends_with(" left"), "{line}");
            assert!(line.chars().count() <= 90, "{line}");
        }
    }

    #[test]
    fn what_is_read_and_written_is_counted() {
        let progress = Progress::bytes(20);
        io::copy(&mut progress.through(&b"twelve bytes"[..]), &mut io::sink()).unwrap();
        progress.through(io::sink()).write_all(b"seven b").unwrap();
        assert_eq!(progress.bar.position(), 19);
        progress.reach(17, 30);
        assert_eq!((progress.bar.position(), progress.bar.length()), (19, Some(30)), "it never goes back");
    }

    #[test]
    fn what_is_over_within_a_moment_shows_nothing_and_what_failed_leaves_nothing() {
        let progress = Progress::events(10);
        progress.add(5);
        assert!(progress.bar.is_hidden());
        let (line, screen) = shown(&progress);
        assert!(line.contains("5 of 10 events"), "{line}");
        drop(progress);
        assert_eq!(*screen.0.lock().unwrap(), "");
    }
}
