//! The one keyed hash of the ledger.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// HMAC-SHA256 under a 32-byte key, of several parts, one after the other.
pub(super) fn keyed(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC fills a short key with zeros to the block size; giving it a full block leaves no error arm.
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyed_hash_is_hmac_with_the_short_key() {
        let mut plain = <Hmac<Sha256> as KeyInit>::new_from_slice(&[7; 32]).unwrap();
        plain.update(b"salt");
        assert_eq!(keyed(&[7; 32], &[b"sa", b"lt"]), <[u8; 32]>::from(plain.finalize().into_bytes()));
    }
}
