//! Groups in JSON: a list, the largest first, because JSON's keys are texts and a cause is none.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::counts::{Cause, Group, Members};

pub(super) fn serialize<S: Serializer>(groups: &BTreeMap<Cause, Members>, to: S) -> Result<S::Ok, S::Error> {
    let mut list: Vec<Group> =
        groups.iter().map(|(cause, members)| Group { cause: cause.clone(), members: members.clone() }).collect();
    list.sort_by_key(|group| std::cmp::Reverse(group.members.suggestions.count));
    list.serialize(to)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Cause, Members>, D::Error> {
    let list = Vec::<Group>::deserialize(from)?;
    Ok(list.into_iter().map(|Group { cause, members }| (cause, members)).collect())
}
