//! Settings that are wrong: all those of a set at once, each with the place where it stands.

use std::fmt;
use std::path::{Path, PathBuf};

use toml_edit::Document;

use super::{Entry, PolicySet, SetError, SetModule};
use crate::model::{Description, ModuleKind};
use crate::sandbox::{Misfits, Sandbox, SettingsCheck, Step};

/// How many wrong settings are told; the rest is counted.
const TOLD: usize = 20;

/// A setting that is not what its module asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// The file where it stands, with the line where there is one; nothing, if no file is known.
    pub at: Option<String>,
    /// Its module, as the set names it.
    pub module: String,
    /// Which one it is, written as in the set's file.
    pub key: String,
    /// What is wrong, and what is asked for.
    pub what: String,
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, module, key, what } = self;
        if let Some(at) = at {
            write!(f, "{at}: ")?;
        }
        write!(f, "`{module}`: {key} {what}")
    }
}

/// What is wrong with the settings of a set's modules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrongSettings {
    told: Vec<WrongSetting>,
    all: usize,
}

impl fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.all {
            1 => f.write_str("a setting is wrong:")?,
            all => write!(f, "{all} settings are wrong:")?,
        }
        for wrong in &self.told {
            write!(f, "\n  {wrong}")?;
        }
        match self.all - self.told.len() {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl WrongSettings {
    /// Takes up what does not fit of a module. `place` says where a setting stands.
    fn add(&mut self, module: &str, misfits: Misfits, place: impl Fn(&[Step]) -> Option<String>) {
        self.all += misfits.all;
        let room = TOLD - self.told.len();
        self.told.extend(misfits.described.into_iter().take(room).map(|misfit| WrongSetting {
            at: place(&misfit.path),
            module: module.to_owned(),
            key: written(&misfit.path),
            what: misfit.what,
        }));
    }

    /// The error that a set has with these; none, if there are none.
    fn of_set(self, set: &str) -> Result<(), SetError> {
        if self.all == 0 { Ok(()) } else { Err(SetError::Settings { set: set.to_owned(), wrong: self }) }
    }
}

/// The text of a set's file, to say where in it something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Settings of an entry, and what their module says of them.
pub(super) struct Given<'a> {
    /// The list that the entry stands in, and its place there, beginning with 0.
    pub(super) list: (ModuleKind, usize),
    pub(super) entry: &'a Entry,
    pub(super) check: SettingsCheck,
    /// Why the module refuses them, in its own words.
    pub(super) refused: Option<&'a str>,
}

impl Written {
    /// Asks of all settings whether they are what their modules ask for.
    pub(super) fn check(&self, set: &str, given: &[Given<'_>], sandbox: &Sandbox) -> Result<(), SetError> {
        let checks: Vec<_> = given.iter().map(|one| one.check.clone()).collect();
        let mut wrong = WrongSettings::default();
        for (one, misfits) in given.iter().zip(misfits(set, &checks, sandbox)?) {
            let misfits = match one.refused {
                Some(why) if misfits.all == 0 => Misfits::whole(format!("are refused by the module: {why}")),
                _ => with_dates(misfits, &one.entry.settings),
            };
            wrong.add(&one.entry.module, misfits, |path| Some(self.place(one, path)));
        }
        wrong.of_set(set)
    }

    /// Where a setting stands: in the file of its own that the entry names, or in the set's file, with its line.
    fn place(&self, given: &Given<'_>, path: &[Step]) -> String {
        if let Some(Step::Key(key)) = path.first()
            && let Some(file) = given.entry.files.get(key)
        {
            return self.path.parent().unwrap_or(Path::new(".")).join(file).display().to_string();
        }
        match self.line(given.list, path) {
            Some(line) => format!("{}:{line}", self.path.display()),
            None => self.path.display().to_string(),
        }
    }

    /// The line of a setting, or of what it would stand in.
    fn line(&self, (kind, index): (ModuleKind, usize), path: &[Step]) -> Option<usize> {
        let document = Document::parse(self.text.as_str()).ok()?;
        let entry = document.as_item().get(kind.as_str())?.get(index)?;
        let (mut item, mut span) = (entry.get("settings"), entry.span());
        let mut steps = path.iter();
        while let Some(here) = item {
            span = here.span().or(span);
            item = match steps.next() {
                Some(Step::Key(key)) => here.get(key.as_str()),
                Some(Step::Index(index)) => here.get(*index),
                None => None,
            };
        }
        Some(self.text.get(..span?.start)?.matches('\n').count() + 1)
    }
}

impl PolicySet {
    /// Asks of the settings of all modules whether they are what the modules ask for, who describe themselves in the set's order.
    ///
    /// # Errors
    /// [`SetError::Settings`] names all that is not.
    pub fn check_settings(&self, described: &[Description], sandbox: &Sandbox) -> Result<(), SetError> {
        let both = || self.modules.iter().zip(described);
        let check = |(module, description): (&SetModule, &Description)| SettingsCheck {
            schema: description.settings_schema.clone(),
            settings: module.settings.clone(),
        };
        let checks: Vec<_> = both().map(check).collect();
        let mut wrong = WrongSettings::default();
        for ((module, _), misfits) in both().zip(misfits(&self.lock.name, &checks, sandbox)?) {
            let name = format!("{}@{}", module.locked.name, module.locked.version);
            wrong.add(&name, misfits, |_| None);
        }
        wrong.of_set(&self.lock.name)
    }
}

fn misfits(set: &str, checks: &[SettingsCheck], sandbox: &Sandbox) -> Result<Vec<Misfits>, SetError> {
    sandbox.misfits(checks).map_err(|error| SetError::Unchecked { set: set.to_owned(), error: Box::new(error) })
}

/// A date that stands in a set's file without quotes is no text, and in JSON looks like something that nobody wrote.
fn with_dates(mut misfits: Misfits, settings: &toml::Table) -> Misfits {
    for misfit in &mut misfits.described {
        if let Some(toml::Value::Datetime(date)) = value(settings, &misfit.path) {
            misfit.what = format!("is {date} without quotes, and no text; put it into quotes");
        }
    }
    misfits
}

fn value<'a>(settings: &'a toml::Table, path: &[Step]) -> Option<&'a toml::Value> {
    let (Step::Key(first), rest) = path.split_first()? else { return None };
    rest.iter().try_fold(settings.get(first)?, |value, step| match step {
        Step::Key(key) => value.get(key.as_str()),
        Step::Index(index) => value.get(*index),
    })
}

/// Steps as they are written in a set's file.
fn written(path: &[Step]) -> String {
    let bare =
        |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    path.iter().fold("settings".to_owned(), |before, step| match step {
        Step::Key(key) if bare(key) => format!("{before}.{key}"),
        Step::Key(key) => format!("{before}.{key:?}"),
        Step::Index(index) => format!("{before}[{index}]"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::{ReleasedModules, SetFile};
    use crate::sandbox::{Allocation, Worker};

    fn refused(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::new(Allocation::OnDemand, Worker::InProcess, None).unwrap();
        let set = SetFile::parse(text, &folder.path().join("s.toml")).unwrap();
        let error = set.resolve(&ReleasedModules, &sandbox).unwrap_err().to_string();
        error.replace(&format!("{}/", folder.path().display()), "")
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_file_line_and_key() {
        let text = r#"name = "s"
version = "1.0.0"

[[validator]]
module = "format@1"
settings = { kinds = { fax = "fax" } }

[[policy]]
module = "confidence@1"

[policy.settings]
thresold = 0.9
objects = { contact = "high" }
assistants = { "acme/enricher" = true }

[[policy]]
module = "vendor@1"

[[policy.settings.assistants]]
vendor = "acme"

[[policy.settings.assistants]]
valid-until = 2030-12-31
"#;
        let said = refused(text);
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.first(), Some(&"the set s: 6 settings are wrong:"), "{said}");
        for line in [
            "  s.toml:6: `format@1`: settings.kinds.fax \"fax\" is none of \"email\", \"phone\", \"postcode\", \"date\", \
             \"url\", \"country\", \"any\"",
            "  s.toml:12: `confidence@1`: settings.thresold is no setting; the nearest known one is `threshold`",
            "  s.toml:13: `confidence@1`: settings.objects.contact \"high\" is a text, not a number",
            "  s.toml:14: `confidence@1`: settings.assistants.\"acme/enricher\" true is a truth value, not a number",
            "  s.toml:23: `vendor@1`: settings.assistants[1].valid-until is 2030-12-31 without quotes, and no text; put it into \
             quotes",
        ] {
            assert!(lines.contains(&line), "{line}\n{said}");
        }
        assert!(said.contains("`vendor@1`: settings.assistants[1].vendor is missing"), "{said}");
    }

    #[test]
    fn what_a_schema_does_not_say_is_told_in_the_words_of_the_module() {
        let said = refused(
            "name = \"s\"\nversion = \"1.0.0\"\n[[policy]]\nmodule = \"confidence@1\"\nsettings = { threshold = 2 }\n",
        );
        assert!(
            said.starts_with("the set s: a setting is wrong:\n  s.toml:5: `confidence@1`: settings are refused"),
            "{said}"
        );
        assert!(said.contains("threshold"), "{said}");
    }

    #[test]
    fn no_more_is_told_than_somebody_reads() {
        let mut wrong = WrongSettings::default();
        let misfits = Misfits { all: 30, ..Misfits::whole("are wrong".to_owned()) };
        for _ in 0..30 {
            wrong.add("a@1", misfits.clone(), |_| None);
        }
        let said = wrong.of_set("s").unwrap_err().to_string();
        assert_eq!(said.lines().count(), 1 + TOLD + 1);
        assert!(said.ends_with("\n  `a@1`: settings are wrong\n  and 880 more"), "{said}");
    }
}
