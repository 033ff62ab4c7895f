//! How modules travel: to and from a registry, and in a file for sites without a network. In both they are artifacts of OCI, with
//! their signatures and a list of what they are made of beside them.
//!
//! Registries and files are hostile: what they hold is bounded before it is read, and held against its digest before anything
//! looks into it. The component itself is never parsed here when it arrives.

mod bounds;
mod challenge;
mod credentials;
mod docker;
mod error;
mod keeper;
mod layout;
mod manifest;
mod pack;
mod problem;
mod pull;
mod push;
mod reference;
mod sbom;
mod session;
mod token;
mod unpack;

#[cfg(test)]
mod tests;

pub use bounds::Bounds;
pub use credentials::Credentials;
pub use docker::DockerConfig;
pub use error::RegistryError;
pub use layout::{Layout, write_layout};
pub use manifest::SBOM as SBOM_TYPE;
pub use pack::{Packed, Parcel};
pub use reference::{ArtifactReference, NotAReference};
pub use sbom::{is_sbom_of, sbom};
pub use session::Registry;
pub use unpack::Received;
