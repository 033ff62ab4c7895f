//! The names that requests are made of.

use cedar_policy_core::ast::{Eid, EntityType, EntityUID, EntityUIDEntry};
use countersign_guest::prelude::*;

use crate::uses::Uses;
use crate::value::Values;

/// What is made once for all requests.
pub struct Names {
    assistant: EntityType,
    record: EntityType,
    actions: Vec<(Operation, EntityUIDEntry)>,
    /// What makes numbers.
    pub values: Values,
    /// Which attributes are needed.
    pub uses: Uses,
}

impl Names {
    /// Parses the names.
    ///
    /// # Errors
    /// None in practice: the names are fixed.
    pub fn new(uses: Uses) -> Result<Self, String> {
        let name = |text: &str| text.parse::<EntityType>().map_err(|error| error.to_string());
        let action = name("Action")?;
        let actions = Operation::ALL.iter().map(|operation| (*operation, entry(&action, operation.as_str())));
        Ok(Self {
            assistant: name("Assistant")?,
            record: name("Record")?,
            actions: actions.collect(),
            values: Values::new()?,
            uses,
        })
    }

    /// The action of an operation.
    pub fn action(&self, of: Operation) -> EntityUIDEntry {
        let action = self.actions.iter().find(|(operation, _)| *operation == of);
        action.map_or_else(EntityUIDEntry::unknown, |(_, action)| action.clone())
    }

    /// The entity of an assistant.
    pub fn assistant(&self, vendor: &str, model: &str) -> EntityUID {
        uid(&self.assistant, &format!("{vendor}/{model}"))
    }

    /// The entity of a record.
    pub fn record(&self, of: &RecordRef) -> EntityUID {
        uid(&self.record, &format!("{}/{}/{}", of.system, of.object, of.id))
    }
}

fn uid(kind: &EntityType, id: &str) -> EntityUID {
    EntityUID::from_components(kind.clone(), Eid::new(id), None)
}

fn entry(kind: &EntityType, id: &str) -> EntityUIDEntry {
    EntityUIDEntry::known(uid(kind, id), None)
}
