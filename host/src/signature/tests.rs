//! Signatures that hold, and everything that does not.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::envelope::signed_bytes;
use super::statement::PAYLOAD;
use super::*;
use crate::model::Digest;

fn key(seed: u8) -> SecretKey {
    SecretKey::new(&[seed; 32]).unwrap()
}

fn component() -> Digest {
    Digest::of(b"component")
}

fn origin() -> Origin {
    Origin {
        source: Some("git+https://example.com/rules".parse().unwrap()),
        revision: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
        builder: Some("https://example.com/builder".parse().unwrap()),
        materials: vec![format!("https://example.com/sdk@{}", Digest::of(b"sdk")).parse().unwrap()],
    }
}

fn signed(by: &SecretKey) -> Vec<u8> {
    sign(by, "rule.wasm", component(), &origin()).into_bytes()
}

/// An envelope alone, with these signatures of a payload.
fn envelope(payload_type: &str, payload: &str, by: &[&SecretKey]) -> Value {
    let signature =
        |by: &&SecretKey| json!({ "sig": STANDARD.encode(by.sign(&signed_bytes(payload_type, payload.as_bytes()))) });
    json!({
        "payload": STANDARD.encode(payload),
        "payloadType": payload_type,
        "signatures": by.iter().map(signature).collect::<Vec<_>>(),
    })
}

fn text(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn payload() -> String {
    origin().statement("rule.wasm", component()).to_string()
}

fn in_keys(keys: &[&SecretKey]) -> Trust {
    Trust::in_keys(keys.iter().map(|key| (key.public().id().to_string(), key.public().clone())).collect())
}

fn refused(trust: &Trust, bundle: &[u8]) -> Untrusted {
    trust.check("rule", component(), &[bundle.to_vec()]).unwrap_err()
}

#[test]
fn what_was_signed_is_vouched_for_with_its_origin() {
    let ana = key(1);
    let signers = in_keys(&[&ana]).check("rule", component(), &[signed(&ana)]).unwrap();
    let [signer] = signers.as_slice() else { panic!("{signers:#?}") };
    assert_eq!((signer.key, signer.subject.as_str()), (ana.public().id(), "rule.wasm"));
    assert_eq!(signer.bundle, Digest::of(&signed(&ana)));
    let said = signer.statement.origin().map(|(_, text)| text.unwrap());
    assert_eq!(
        said,
        ["git+https://example.com/rules", "0123456789abcdef0123456789abcdef01234567", "https://example.com/builder",]
    );
    let made_of = &signer.statement.predicate["buildDefinition"]["resolvedDependencies"];
    assert_eq!(made_of[0]["digest"]["gitCommit"], "0123456789abcdef0123456789abcdef01234567");
    assert_eq!(made_of[1]["digest"]["sha256"], format!("{:x}", Digest::of(b"sdk")));
    assert_eq!(signed(&ana), signed(&ana), "the same is signed with the same bytes");
    let json = serde_json::to_value(signer).unwrap();
    assert_eq!(json["predicate"]["runDetails"]["builder"]["id"], "https://example.com/builder");
}

#[test]
fn without_an_origin_nothing_is_made_up() {
    let ana = key(1);
    let bundle = sign(&ana, "rule.wasm", component(), &Origin::default()).into_bytes();
    let signers = in_keys(&[&ana]).check("rule", component(), &[bundle]).unwrap();
    assert!(signers[0].statement.origin().iter().all(|(_, text)| text.is_none()));
}

#[test]
fn what_others_write_is_read_too() {
    let (ana, ben) = (key(1), key(2));
    let trust = in_keys(&[&ana]);
    let check = |bundle: &Value| trust.check("rule", component(), &[text(bundle)]);
    let mut alone = envelope(PAYLOAD, &payload(), &[&ben, &ana]);
    alone["signatures"][1]["keyid"] = "a key of another kind".into();
    alone["unknown"] = json!({ "deep": [1, 2] });
    assert_eq!(check(&alone).unwrap().len(), 1, "an envelope alone, of several signers, with keys of its own");
    let mut bundle: Value = serde_json::from_slice(&signed(&ana)).unwrap();
    bundle["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.2".into();
    bundle["verificationMaterial"]["timestampVerificationData"] = json!({ "rfc3161Timestamps": [] });
    bundle["dsseEnvelope"]["signatures"][0]["keyid"] = "".into();
    assert_eq!(check(&bundle).unwrap().len(), 1);
    let urls = URL_SAFE.encode(STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap());
    bundle["dsseEnvelope"]["payload"] = urls.into();
    assert_eq!(check(&bundle).unwrap().len(), 1, "the other alphabet of base64");
}

#[test]
fn every_other_signature_is_refused_with_its_reason() {
    let (ana, ben) = (key(1), key(2));
    let trust = in_keys(&[&ana]);
    let code = |bundle: &Value| refused(&trust, &text(bundle)).code();
    let good: Value = serde_json::from_slice(&signed(&ana)).unwrap();
    let with = |pointer: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        bad
    };
    // Signed by somebody else, without and with the name of a key that is known.
    assert_eq!(refused(&trust, &signed(&ben)), Untrusted::UnknownKey { hint: Some(ben.public().id()) });
    let mut forged: Value = serde_json::from_slice(&signed(&ben)).unwrap();
    forged["dsseEnvelope"]["signatures"][0]["keyid"] = ana.public().id().to_string().into();
    assert_eq!(code(&forged), "broken-signature");
    // Changed after it was signed.
    let other = STANDARD.encode(payload().replace("rule.wasm", "role.wasm"));
    assert_eq!(code(&with("/dsseEnvelope/payload", other.into())), "broken-signature");
    assert_eq!(code(&with("/dsseEnvelope/payloadType", "application/json".into())), "broken-signature");
    assert_eq!(code(&with("/dsseEnvelope/signatures/0/sig", STANDARD.encode([0; 64]).into())), "broken-signature");
    assert_eq!(code(&with("/dsseEnvelope/signatures/0/sig", STANDARD.encode([0; 70]).into())), "broken-signature");
    assert_eq!(code(&with("/dsseEnvelope/signatures", json!([]))), "no-signature");
    // Of other bytes.
    let of_others = sign(&ana, "rule.wasm", Digest::of(b"other"), &Origin::default());
    let said = refused(&trust, of_others.as_bytes());
    assert!(said.code() == "other-bytes" && said.to_string().contains(&Digest::of(b"other").to_string()), "{said}");
    // Of other things.
    let signed = |payload_type: &str, payload: &str| code(&envelope(payload_type, payload, &[&ana]));
    assert_eq!(signed("application/json", &payload()), "other-type");
    for wrong in [
        "{}".to_owned(),
        "no JSON".to_owned(),
        payload().replace("Statement/v1", "Statement/v0.1"),
        payload().replace("provenance/v1", "verification_summary/v1"),
    ] {
        assert_eq!(signed(PAYLOAD, &wrong), "other-type", "{wrong}");
    }
    assert_eq!(signed(PAYLOAD, &payload().replace("sha256", "sha512")), "other-bytes");
    // Nothing at all.
    assert_eq!(trust.check("rule", component(), &[]), Err(Untrusted::NoSignature));
    assert_eq!(trust.check_unnamed(component(), &[]), Err(Untrusted::NoSignature));
}

#[test]
fn what_is_no_bundle_is_refused_whatever_it_is() {
    let ana = key(1);
    let trust = in_keys(&[&ana]);
    let good = String::from_utf8(signed(&ana)).unwrap();
    let long = format!("{good}{}", " ".repeat(LONGEST_BUNDLE));
    let many = envelope(PAYLOAD, &payload(), &[&ana; 17]).to_string();
    let (deep, deep_inside) = ("[".repeat(200_000), format!("{{\"x\":{}", "[".repeat(200_000)));
    let no_padding = good.replacen("==\"", "\"", 1);
    assert_ne!(no_padding, good);
    for wrong in [
        "",
        "{}",
        "null",
        "\0",
        "{\"payload\":1}",
        &deep,
        &deep_inside,
        &long,
        &many,
        &no_padding,
        &good.replace("dsseEnvelope", "messageSignature"),
        &good.replace("vnd.dev.sigstore.bundle", "vnd.other"),
        &good.replacen("\"payload\": \"", "\"payload\": \" ", 1),
        &good.replacen("\"payloadType\"", "\"payloadType\": \"x\", \"payloadType\"", 1),
    ] {
        let said = refused(&trust, wrong.as_bytes());
        assert_eq!(said.code(), "not-a-bundle", "{said}: {}", wrong.chars().take(200).collect::<String>());
    }
    // What is signed is not read any deeper.
    let deep = format!("\"predicate\":{}{},\"x\":", "[".repeat(200), "]".repeat(200));
    let signed = envelope(PAYLOAD, &payload().replacen("\"predicate\":", &deep, 1), &[&ana]);
    assert_eq!(refused(&trust, &text(&signed)).code(), "other-type");
}

/// A file of these rules, and the keys 1 (ana), 2 (ben), which was revoked if that is said, and 3 (eve).
fn trust_file(rules: &str, revoked: bool) -> String {
    let mut file = rules.to_owned();
    for (seed, name) in [(1, "ana"), (2, "ben"), (3, "eve")] {
        let key = key(seed);
        let (id, pem) = (key.public().id(), key.public().pem());
        let _ = write!(file, "[[key]]\nname = {name:?}\nid = \"{id}\"\npublic = \"\"\"\n{pem}\"\"\"\n");
        if name == "ben" && revoked {
            file += "[key.revoked]\nat = \"2026-10-01T00:00:00Z\"\nreason = \"a lost laptop\"\n";
        }
    }
    file
}

const RULES: &str = "[[rule]]\nmodules = [\"rule\", \"acme-*\"]\nsignatures = 2\nkeys = [\"ana\", \"ben\"]\n\
    [[rule]]\nmodules = [\"eve-*\"]\nsignatures = 1\nkeys = [\"eve\"]\n";

#[test]
fn so_many_signers_are_needed_as_the_rule_of_the_name_says_and_one_signs_once() {
    let (ana, ben, eve) = (signed(&key(1)), signed(&key(2)), signed(&key(3)));
    let trust = Trust::parse(&trust_file(RULES, false)).unwrap();
    let check = |name: &str, bundles: &[&Vec<u8>]| {
        let bundles: Vec<_> = bundles.iter().map(|bundle| (*bundle).clone()).collect();
        let signers = trust.check(name, component(), &bundles)?;
        Ok::<_, Untrusted>(signers.into_iter().map(|signer| signer.name).collect::<Vec<_>>())
    };
    for name in ["rule", "acme-", "acme-limits"] {
        assert_eq!(check(name, &[&ana, &ben]).unwrap(), ["ana", "ben"]);
        assert_eq!(check(name, &[&eve, &ben, &ana]).unwrap(), ["ben", "ana"], "whoever else signed says nothing");
        for few in [&[&ana][..], &[&ana, &ana], &[&ana, &eve], &[&eve]] {
            assert_eq!(check(name, few).unwrap_err().code(), "too-few-signers");
        }
    }
    let again = text(&envelope(PAYLOAD, &payload(), &[&key(1), &key(1)]));
    assert_eq!(check("rule", &[&ana, &again]).unwrap_err().code(), "too-few-signers");
    let both = text(&envelope(PAYLOAD, &payload(), &[&key(1), &key(2)]));
    assert_eq!(check("rule", &[&both]).unwrap(), ["ana", "ben"], "two signatures of one envelope");
    let said = check("rule", &[&ana, &b"x".to_vec(), &eve]).unwrap_err().to_string();
    for word in ["2 of the keys ana, ben", "there is ana", "signed by eve", "nor a DSSE envelope"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(check("eve-mail", &[&eve]).unwrap(), ["eve"]);
    for name in ["rules", "acme", "other", ""] {
        assert_eq!(check(name, &[&ana, &ben]), Err(Untrusted::NoRule { name: name.to_owned() }));
    }
    let unnamed = |bundles: &[Vec<u8>]| trust.check_unnamed(component(), bundles);
    assert_eq!(unnamed(&[eve]).unwrap()[0].name, "eve", "some rule is met");
    assert_eq!(unnamed(&[ana]).unwrap_err().code(), "too-few-signers");
}

#[test]
fn a_revoked_key_counts_no_longer() {
    let trust = Trust::parse(&trust_file(&RULES.replace("signatures = 2", "signatures = 1"), true)).unwrap();
    let check = |bundles: &[Vec<u8>]| trust.check("rule", component(), bundles);
    let why = check(&[signed(&key(2))]).unwrap_err();
    assert!(why.code() == "revoked-key" && why.to_string().contains("a lost laptop"), "{why}");
    assert_eq!(check(&[signed(&key(2)), signed(&key(1))]).unwrap()[0].name, "ana");
    let both = text(&envelope(PAYLOAD, &payload(), &[&key(2), &key(1)]));
    assert_eq!(check(&[both]).unwrap().len(), 1);
}

#[test]
fn several_keys_alone_must_all_have_signed() {
    let (ana, ben) = (key(1), key(2));
    let both = in_keys(&[&ana, &ben, &ana]);
    let check = |bundles: &[Vec<u8>]| both.check("rule", component(), bundles).map(|signers| signers.len());
    assert_eq!(check(&[signed(&ana), signed(&ben)]), Ok(2));
    assert_eq!(check(&[signed(&ana)]).unwrap_err().code(), "too-few-signers");
    assert!(in_keys(&[]).check("rule", component(), &[signed(&ana)]).is_err());
}

#[test]
fn a_mistake_in_the_file_is_named_with_its_line() {
    let good = trust_file(RULES, true);
    Trust::parse(&good).unwrap();
    let first = key(1).public().id().to_string();
    let pem = |seed| key(seed).public().pem().to_owned();
    for (wrong, words) in [
        (good.replacen("signatures = 2", "signature = 2", 1), &["line 3", "signature"][..]),
        (good.replacen("signatures = 2", "signatures = 3", 1), &["line 3", "`signatures`", "only 2 keys"]),
        (good.replacen("signatures = 2", "signatures = 0", 1), &["line 3", "1 signature at least"]),
        (good.replacen("acme-*", "*acme", 1), &["line 2", "`modules`", "\"*acme\""]),
        (good.replacen("\"eve-*\"", "", 1), &["line 6", "for no module"]),
        (good.replacen("\"ben\"]", "\"bob\"]", 1), &["line 4", "\"bob\"", "ana, ben, eve"]),
        (good.replacen("\"ben\"]", "\"ana\"]", 1), &["line 4", "two times"]),
        (good.replacen("name = \"ben\"", "name = \"ana\"", 1), &["line 18", "another key is called \"ana\""]),
        (good.replacen(&first, &"0".repeat(64), 1), &["line 11", "`id`", &first]),
        (good.replacen(&pem(1), "x\n", 1), &["line 12", "`public`", "BEGIN PUBLIC KEY"]),
        (good.replacen(&pem(2), &pem(1), 1), &["line 19", "`id`"]),
        (good.replacen("2026-10-01T00:00:00Z", "yesterday", 1), &["line 26"]),
        (good.replacen("reason", "why", 1), &["why"]),
        (good.replacen("[[rule]]", "[[rules]]", 1), &["rules"]),
    ] {
        assert_ne!(wrong, good);
        let said = Trust::parse(&wrong).unwrap_err().to_string();
        for word in words {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
    let twice = good.replacen(&pem(2), &pem(1), 1).replacen(&key(2).public().id().to_string(), &first, 1);
    let said = Trust::parse(&twice).unwrap_err().to_string();
    assert!(said.contains("count two times"), "{said}");
    assert_eq!(Trust::parse("").unwrap().check("x", component(), &[signed(&key(1))]).unwrap_err().code(), "no-rule");
}

#[test]
fn uris_and_materials_are_read_to_the_letter() {
    let digest = Digest::of(b"sdk");
    for good in ["https://example.com/a@1.0", "git+https://example.com/a", "pkg:cargo/serde@1.0.0"] {
        assert_eq!(good.parse::<Uri>().unwrap().to_string(), good);
        format!("{good}@{digest}").parse::<Material>().unwrap();
    }
    for wrong in ["", "a", "a:", ":a", "1a:b", "https://exam ple.com", "a:b\n"] {
        assert_eq!(wrong.parse::<Uri>(), Err(NotAUri), "{wrong}");
        assert_eq!(format!("{wrong}@{digest}").parse::<Material>(), Err(NotAMaterial), "{wrong}");
    }
    for wrong in ["https://example.com", "https://example.com@sha256:00", &format!("https://example.com@{digest:x}")] {
        assert_eq!(wrong.parse::<Material>(), Err(NotAMaterial), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_flipped_bit_of_a_bundle_is_refused_or_changes_nothing(at in any::<prop::sample::Index>(), bit in 0..8) {
        let ana = key(1);
        let trust = in_keys(&[&ana]);
        let mut bundle = signed(&ana);
        let before = trust.check("rule", component(), &[bundle.clone()]).unwrap();
        let at = at.index(bundle.len());
        bundle[at] ^= 1_u8 << bit;
        if let Ok(after) = trust.check("rule", component(), &[bundle]) {
            prop_assert_eq!(&after[0].statement, &before[0].statement);
            prop_assert_eq!(after[0].key, before[0].key);
        }
    }

    #[test]
    fn whatever_is_handed_over_is_no_trusted_signature(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(in_keys(&[&key(1)]).check("rule", component(), &[bytes]).is_err());
    }
}
