//! Templates of notes, as data: which sections a note has, which of them it needs before it is signed, and how long each
//! may be. A template that notes were written by never changes; a better one is a new version beside it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NoteBody;
use crate::Code;
use crate::visit::Error;

/// The files of `domain/templates/`.
const FILES: [&str; 2] =
    [include_str!("../../../templates/soap-1.json"), include_str!("../../../templates/phone-1.json")];

/// What a note of one kind consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name and version, such as `soap/1`.
    pub version: Code,
    /// What people call it.
    pub title: String,
    /// Its sections, in the order in which they are shown.
    pub sections: Vec<Section>,
}

/// One section of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What the section is called in a note's body.
    pub key: Code,
    /// What people call it.
    pub title: String,
    /// What belongs there.
    pub about: String,
    /// Whether a note is signed only with it. A draft may be without.
    pub required: bool,
    /// How many characters it may have.
    pub max_length: usize,
}

impl Template {
    /// Every template. They are part of the program, and a test reads them.
    pub fn all() -> &'static [Template] {
        static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| {
            let read = |file: &&str| match serde_json::from_str(file) {
                Ok(template) => template,
                Err(error) => panic!("a template this program was built with cannot be used: {error}"),
            };
            FILES.iter().map(read).collect()
        });
        &ALL
    }

    /// The template of this version.
    pub fn named(version: &Code) -> Option<&'static Template> {
        Self::all().iter().find(|template| template.version == *version)
    }

    /// Every key that is a section's in some template.
    pub(super) fn keys() -> &'static [&'static str] {
        static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
            let sections = Template::all().iter().flat_map(|template| &template.sections);
            let mut keys = Vec::new();
            for section in sections {
                if !keys.contains(&section.key.as_str()) {
                    keys.push(section.key.as_str());
                }
            }
            keys
        });
        &KEYS
    }

    /// Whether a draft fits: only sections of the template, none too long. What is still missing is not asked yet.
    pub(super) fn check(&self, body: &NoteBody) -> Result<(), Error> {
        for (key, text) in body.iter() {
            let section = self.sections.iter().find(|section| section.key == *key);
            let section = section.ok_or_else(|| Error::SectionNotInTemplate { known: self.titles(|_| true) })?;
            if text.as_str().chars().count() > section.max_length {
                return Err(Error::SectionTooLong { title: section.title.clone(), max: section.max_length });
            }
        }
        Ok(())
    }

    /// Whether a note with these sections may be signed.
    pub(super) fn require(&self, written: &BTreeSet<Code>) -> Result<(), Error> {
        let missing = self.titles(|section| section.required && !written.contains(&section.key));
        if missing.is_empty() { Ok(()) } else { Err(Error::SectionMissing { missing }) }
    }

    fn titles(&self, which: impl Fn(&Section) -> bool) -> String {
        let titles = self.sections.iter().filter(|section| which(section)).map(|section| section.title.as_str());
        titles.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::code;
    use crate::visit::note::example;

    #[test]
    fn every_template_has_a_name_of_its_own_and_sections_that_fit_the_body() {
        let names: BTreeSet<_> = Template::all().iter().map(|template| template.version.as_str()).collect();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["phone/1", "soap/1"]);
        for template in Template::all() {
            let keys: BTreeSet<_> = template.sections.iter().map(|section| &section.key).collect();
            assert_eq!(keys.len(), template.sections.len(), "{}", template.title);
            assert!(template.sections.iter().any(|section| section.required), "{}", template.title);
            for section in &template.sections {
                assert!((1..=20_000).contains(&section.max_length), "the body holds no longer text");
                let key = section.key.as_str();
                assert!(key.len() <= 32 && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{key}");
            }
        }
    }

    #[test]
    fn a_draft_has_the_templates_sections_and_no_others() {
        let soap = Template::named(&code("soap/1")).unwrap();
        assert_eq!(soap.check(&example::sections(&[("plan", "Rest.")])), Ok(()));
        let foreign = soap.check(&example::sections(&[("advice", "Rest.")])).unwrap_err();
        assert_eq!(crate::Refusal::code(&foreign), "section-not-in-template");
        assert!(foreign.to_string().contains("Subjective, Objective, Assessment, Plan"), "{foreign}");
        let phone = Template::named(&code("phone/1")).unwrap();
        let reason = |length| phone.check(&example::sections(&[("reason", &"x".repeat(length))]));
        assert_eq!(reason(2_000), Ok(()));
        assert_eq!(reason(2_001), Err(Error::SectionTooLong { title: "Reason for the call".into(), max: 2_000 }));
    }

    #[test]
    fn what_is_required_is_named_with_what_people_call_it() {
        let soap = Template::named(&code("soap/1")).unwrap();
        let written = |keys: &[&str]| soap.require(&keys.iter().map(|key| code(key)).collect());
        assert_eq!(written(&["subjective", "assessment", "plan"]), Ok(()));
        assert_eq!(
            written(&["objective", "plan"]).unwrap_err().to_string(),
            "the note lacks what its template requires: Subjective, Assessment; write it, and sign that draft"
        );
    }
}
