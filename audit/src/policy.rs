//! The auditor's trust file (C2SP tlog-policy): which log keys and which witnesses are believed, and how many of them. It is
//! always delivered apart from what it is used on.

use std::collections::{BTreeMap, BTreeSet};

use daybook_ledger::checkpoint;
use daybook_ledger::cosignature::Witness;
use daybook_ledger::epochs;
use daybook_ledger::format::Hash;
use daybook_ledger::note::{self, NoteError, NoteVerifier};
use uuid::Uuid;

use crate::log_keys::LogKeys;

/// A longer file is no policy.
pub const LONGEST_POLICY: usize = 64 * 1024;

/// Why a trust file is not one. Says the line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {problem}")]
pub struct PolicyError {
    pub line: usize,
    pub problem: String,
}

/// Why a checkpoint is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// No key of the policy signs under this name.
    #[error("the policy names no log key for {0}")]
    UnknownLog(String),
    /// The note or its signature is not right.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A witness's signature is not right: somebody made it up.
    #[error("the cosignature of {0} is wrong")]
    WrongCosignature(String),
    /// Not enough witnesses.
    #[error("too few witnesses have seen this checkpoint: {seen} of those the policy asks for")]
    NotWitnessed {
        /// How many of the policy's witnesses have.
        seen: usize,
    },
}

/// A checkpoint that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Believed {
    pub origin: String,
    pub size: u64,
    pub root: Hash,
    /// The witnesses of the policy that saw it, and when, in seconds since 1970.
    pub witnesses: BTreeMap<String, u64>,
    /// When as many of them had seen it as the policy asks for, or any where it asks for none.
    pub seen_at: Option<u64>,
}

/// Whom to believe.
#[derive(Clone, Debug)]
pub struct Policy {
    logs: LogKeys,
    witnesses: BTreeMap<String, Witness>,
    groups: BTreeMap<String, Group>,
    /// The witness or group that must have seen a checkpoint; none asked for where it is `None`.
    quorum: Option<String>,
}

#[derive(Clone, Debug)]
struct Group {
    threshold: usize,
    members: Vec<String>,
}

impl Policy {
    /// Reads a trust file. Every name is declared before it is used, belongs to one group at most, and every witness key
    /// stands there once: nobody is counted twice.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let mut reading = Reading::default();
        for (index, line) in text.split('\n').enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_ascii_whitespace().collect();
            reading.line(&words).map_err(|problem| PolicyError { line: index + 1, problem })?;
        }
        let last = text.split('\n').count();
        let whole = |problem: &str| PolicyError { line: last, problem: problem.into() };
        if reading.logs.is_empty() {
            return Err(whole("there is no `log <vkey>` line: no log is believed"));
        }
        let quorum = reading.quorum.ok_or_else(|| whole("there is no `quorum <name>` or `quorum none` line"))?;
        Ok(Self { logs: reading.logs, witnesses: reading.witnesses, groups: reading.groups, quorum })
    }

    /// The keys of the logs it names.
    pub fn logs(&self) -> &LogKeys {
        &self.logs
    }

    /// Opens something signed with a log's key: with the first of the policy's keys for this origin that signed it.
    pub fn opened<T>(&self, origin: &str, open: impl Fn(&NoteVerifier) -> Result<T, NoteError>) -> Result<T, Distrust> {
        self.logs.opened(origin, open)
    }

    /// The keys it names for a clinic's log, in all its epochs, under whichever installation.
    pub fn keys_of(&self, clinic: Uuid) -> Vec<NoteVerifier> {
        let is_of = |key: &&NoteVerifier| epochs::of_origin(key.name()).is_some_and(|(of, _)| of == clinic);
        self.logs.iter().filter(is_of).cloned().collect()
    }

    /// Whether it asks for witnesses at all.
    pub fn asks_for_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Believes a checkpoint: signed by the log's key, and seen by as many witnesses as the quorum asks for.
    pub fn believe(&self, note: &str) -> Result<Believed, Distrust> {
        let (text, lines) = note::split(note)?;
        let origin = text.split('\n').next().unwrap_or_default();
        let (size, root) = self.opened(origin, |key| checkpoint::open(note, key))?;
        let mut witnesses = BTreeMap::new();
        for (name, witness) in &self.witnesses {
            for line in lines.iter().filter(|line| witness.made(line)) {
                let seen = witness.saw(text, line).ok_or_else(|| Distrust::WrongCosignature(name.clone()))?;
                let newest = witnesses.entry(name.clone()).or_insert(seen);
                *newest = seen.max(*newest);
            }
        }
        let satisfied = self.quorum.as_ref().is_none_or(|quorum| self.saw(quorum, &witnesses));
        if !satisfied {
            return Err(Distrust::NotWitnessed { seen: witnesses.len() });
        }
        let seen_at = self.enough(witnesses.iter().map(|(name, at)| (name.as_str(), *at)).collect());
        Ok(Believed { origin: origin.into(), size, root, witnesses, seen_at })
    }

    /// When a head had been seen by as many as the quorum asks for, of those who saw it and when; where it asks for none, by
    /// any of the witnesses it names.
    pub fn seen_at(&self, by: &[(Witness, u64)]) -> Option<u64> {
        self.enough(by.iter().filter_map(|(witness, at)| Some((self.name_of(witness)?, *at))).collect())
    }

    fn enough(&self, mut by: Vec<(&str, u64)>) -> Option<u64> {
        by.sort_by_key(|(_, at)| *at);
        let mut witnesses = BTreeMap::new();
        by.into_iter().find_map(|(name, at)| {
            witnesses.insert(name.into(), at);
            self.quorum.as_ref().is_none_or(|quorum| self.saw(quorum, &witnesses)).then_some(at)
        })
    }

    fn name_of(&self, witness: &Witness) -> Option<&str> {
        self.witnesses.iter().find(|(_, known)| *known == witness).map(|(name, _)| name.as_str())
    }

    /// A group's members were declared before it, so this ends.
    fn saw(&self, name: &str, witnesses: &BTreeMap<String, u64>) -> bool {
        match self.groups.get(name) {
            Some(group) => group.members.iter().filter(|member| self.saw(member, witnesses)).count() >= group.threshold,
            None => witnesses.contains_key(name),
        }
    }
}

#[derive(Default)]
struct Reading {
    logs: LogKeys,
    witnesses: BTreeMap<String, Witness>,
    groups: BTreeMap<String, Group>,
    grouped: BTreeSet<String>,
    quorum: Option<Option<String>>,
}

impl Reading {
    fn line(&mut self, words: &[&str]) -> Result<(), String> {
        match words {
            [] => Ok(()),
            ["log", vkey] | ["log", vkey, _] => self.log(vkey),
            ["witness", name, vkey] | ["witness", name, vkey, _] => self.witness(name, vkey),
            ["group", name, threshold, members @ ..] => self.group(name, threshold, members),
            ["quorum", name] => self.quorum(name),
            [word, ..] => Err(format!(
                "`{}` with {} words is not a line of a policy; it has `log <vkey>`, `witness <name> <vkey>`, `group <name> all|any|<k> <names>` and `quorum <name>|none`",
                shown(word),
                words.len()
            )),
        }
    }

    fn log(&mut self, vkey: &str) -> Result<(), String> {
        let key: NoteVerifier = vkey.parse().map_err(|error: NoteError| error.to_string())?;
        if self.logs.add(key) { Ok(()) } else { Err("this key is there already".into()) }
    }

    fn witness(&mut self, name: &str, vkey: &str) -> Result<(), String> {
        self.new_name(name)?;
        let witness: Witness = vkey.parse().map_err(|error: NoteError| error.to_string())?;
        if self.witnesses.values().any(|known| known.key() == witness.key()) {
            return Err("this key is another witness's already: one key is one witness".into());
        }
        self.witnesses.insert(name.into(), witness);
        Ok(())
    }

    fn group(&mut self, name: &str, threshold: &str, members: &[&str]) -> Result<(), String> {
        self.new_name(name)?;
        for member in members {
            if !self.witnesses.contains_key(*member) && !self.groups.contains_key(*member) {
                return Err(format!("{} is no witness or group declared above", shown(member)));
            }
            if !self.grouped.insert((*member).into()) {
                return Err(format!("{} is a member of a group already", shown(member)));
            }
        }
        let threshold = match threshold {
            "any" => 1,
            "all" => members.len(),
            number => {
                number.parse().map_err(|_| "a group needs `all`, `any` or a number of its members".to_string())?
            }
        };
        if threshold == 0 || threshold > members.len() {
            return Err(format!("a group of {} cannot ask for {threshold}", members.len()));
        }
        let members = members.iter().map(|member| (*member).into()).collect();
        self.groups.insert(name.into(), Group { threshold, members });
        Ok(())
    }

    fn quorum(&mut self, name: &str) -> Result<(), String> {
        if self.quorum.is_some() {
            return Err("there is a quorum line already".into());
        }
        if name != "none" && !self.witnesses.contains_key(name) && !self.groups.contains_key(name) {
            return Err(format!("{} is no witness or group declared above", shown(name)));
        }
        self.quorum = Some((name != "none").then(|| name.into()));
        Ok(())
    }

    fn new_name(&self, name: &str) -> Result<(), String> {
        match name {
            "none" => Err("`none` is not a name".into()),
            name if self.witnesses.contains_key(name) || self.groups.contains_key(name) => {
                Err(format!("{} is declared already", shown(name)))
            }
            _ => Ok(()),
        }
    }
}

/// A word of the file, harmless to show.
fn shown(word: &str) -> String {
    word.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
