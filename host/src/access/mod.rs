//! Who somebody is who comes in from outside, and what they may do.

mod principal;
mod role;
mod token;

pub use principal::{Access, Principal, Refused};
pub use role::{Permission, Role, UnknownWord};
pub use token::{NewToken, PERSON, Secret, TokenError, create_token, revoke_token, token_digest};
