//! Inputs for modules: the corpus, and what is made up.

use std::collections::BTreeMap;

use countersign::authoring::{Given, Subject, generated};
use countersign::model::{Catalogue, RecordRef, parse_line, read_lines};
use countersign::runtime::DEFAULT_CATALOGUE;
use countersign::sandbox::Sandbox;

use crate::corpus;

/// The corpus under the catalogue of a new deployment, for a module with these settings.
#[must_use]
pub fn corpus(settings: &str) -> Vec<Given> {
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let text = corpus::first(corpus::SUGGESTIONS);
    read_lines(text.as_bytes())
        .map(|line| {
            let suggestion = parse_line(&line.unwrap().unwrap()).unwrap();
            let RecordRef { system, object, .. } = &suggestion.target;
            let class = |field: &str| (field.to_owned(), catalogue.class(system, object, field).clone());
            let classes: BTreeMap<_, _> = suggestion.field_names().map(class).collect();
            Given {
                settings: settings.to_owned(),
                now: corpus::NOW.to_owned(),
                suggestion,
                catalogue: classes,
                history: Vec::new(),
                findings: Vec::new(),
            }
        })
        .collect()
}

/// So many inputs that are made up for a module with these settings.
#[must_use]
pub fn made_up(sandbox: &Sandbox, component: &[u8], settings: &str, number: usize) -> Vec<Given> {
    let mut subject = Subject::new(sandbox, component, false);
    let description = subject.module(settings).unwrap().unwrap().description().clone();
    generated(&description, settings, 1, number)
}
