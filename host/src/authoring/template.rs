//! `policy new`: a folder that builds, tests and passes at once.

use std::fs;
use std::path::{Path, PathBuf};

use super::project::check_name;
use super::{AuthoringError, Language};
use crate::model::ModuleKind;

include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Begins a module in a folder that is empty or not there yet. The language's SDK and the interface are copied into
/// it, so that it builds without any registry but those of its own language.
///
/// # Errors
/// [`AuthoringError::Name`], [`AuthoringError::NotEmpty`], or a file that cannot be written.
pub fn new_project(
    folder: &Path,
    name: &str,
    kind: ModuleKind,
    language: Language,
) -> Result<Vec<PathBuf>, AuthoringError> {
    check_name(name)?;
    let taken = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file();
    if taken {
        return Err(AuthoringError::NotEmpty { path: folder.to_owned() });
    }
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(AuthoringError::file("write", parent))?;
    // Written aside and renamed: half a project is never seen.
    let aside = tempfile::tempdir_in(parent).map_err(AuthoringError::file("write", parent))?;
    let mut written = Vec::new();
    for (path, bytes) in files(language, kind) {
        let path = PathBuf::from(named(&path, name));
        let target = aside.path().join(&path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(AuthoringError::file("write", folder))?;
        }
        // What the SDK and the interface say is not about this module.
        let own = !path.starts_with("sdk") && !path.starts_with("wit");
        let bytes = match std::str::from_utf8(bytes) {
            Ok(text) if own => named(text, name).into_bytes(),
            _ => bytes.to_vec(),
        };
        fs::write(&target, bytes).map_err(AuthoringError::file("write", &target))?;
        written.push(path);
    }
    let _ = fs::remove_dir(folder);
    fs::rename(aside.keep(), folder).map_err(AuthoringError::file("write", folder))?;
    written.sort();
    Ok(written)
}

/// The files of a new project, with their paths in it.
fn files(language: Language, kind: ModuleKind) -> impl Iterator<Item = (String, &'static [u8])> {
    let template = format!("{}/template/{}/", language.as_str(), kind.as_str());
    let sdk = format!("{}/sdk/", sdk_of(language).as_str());
    TEMPLATES.iter().filter_map(move |(path, bytes)| {
        let path = if let Some(rest) = path.strip_prefix(&template) {
            match rest {
                "gitignore" => ".gitignore".to_owned(),
                rest => rest.strip_prefix("github/").map_or_else(|| rest.to_owned(), |rest| format!(".github/{rest}")),
            }
        } else if let Some(rest) = path.strip_prefix(&sdk) {
            format!("sdk/{rest}")
        } else {
            path.starts_with("wit/").then(|| (*path).to_owned())?
        };
        Some((path, *bytes))
    })
}

/// The language whose SDK a language uses.
fn sdk_of(language: Language) -> Language {
    if language == Language::Typescript { Language::Javascript } else { language }
}

/// A text of the template with the module's name in its three forms.
fn named(text: &str, name: &str) -> String {
    let pascal: String = name
        .split('-')
        .filter_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        })
        .collect();
    text.replace("new-policy", name).replace("new_policy", &name.replace('-', "_")).replace("NewPolicy", &pascal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_put_in_in_all_its_forms() {
        assert_eq!(named("new-policy new_policy NewPolicy", "no-free-mail"), "no-free-mail no_free_mail NoFreeMail");
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "x").unwrap();
        let error = new_project(folder.path(), "x", ModuleKind::Policy, Language::Rust).unwrap_err();
        assert!(matches!(error, AuthoringError::NotEmpty { .. }), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn every_language_has_both_templates_with_what_a_project_needs() {
        for language in Language::ALL {
            for kind in [ModuleKind::Policy, ModuleKind::Validator] {
                let folder = tempfile::tempdir().unwrap();
                let at = folder.path().join("no-shouting");
                let written = new_project(&at, "no-shouting", kind, language).unwrap();
                for needed in ["policy.toml", "README.md", ".gitignore", "wit/1.0.0/policy.wit"] {
                    assert!(written.contains(&needed.into()), "{language:?} {kind:?} lacks {needed}: {written:?}");
                }
                for folder in ["cases", "sdk", ".github"] {
                    assert!(at.join(folder).is_dir(), "{language:?} {kind:?} lacks {folder}");
                }
                let manifest = super::super::Project::open(&at).unwrap().manifest;
                assert_eq!((manifest.kind, manifest.language), (kind, Some(language)));
                let readme = fs::read_to_string(at.join("README.md")).unwrap();
                assert!(readme.lines().count() <= 40 && readme.contains("no-shouting"), "{language:?} {kind:?}");
            }
        }
    }
}
