//! Judges one source.

use countersign_guest::prelude::*;

use crate::settings::Settings;
use crate::uri::{Uri, is_within, names};

/// Schemes that name records of the CRM that is to be changed.
const RECORD_SCHEMES: [&str; 2] = ["crm", "record"];

/// How far a source's clock may be ahead of ours, in seconds.
const CLOCK_SKEW: i64 = 5 * 60;

/// Why a source does not count.
pub struct Failure {
    /// How far the source came: the higher, the less is wrong with it.
    pub passed: u8,
    /// The code.
    pub code: &'static str,
    /// The end of a sentence that begins with 'source 1 '.
    pub why: String,
}

/// Judges a source; `counted` are those before it that count.
pub fn judge(
    settings: &Settings,
    target: &RecordRef,
    now: Timestamp,
    source: &Evidence,
    counted: &[&Evidence],
) -> Result<(), Failure> {
    let fail = |passed, code, why: &str| Err(Failure { passed, code, why: why.to_owned() });
    let Some(uri) = Uri::parse(&source.uri) else {
        return fail(0, "provenance.unreadable", "has no readable URI");
    };
    let kinds = &settings.kinds;
    if !kinds.is_empty() && !kinds.iter().any(|kind| kind.eq_ignore_ascii_case(&source.kind)) {
        return fail(1, "provenance.kind", "is of a kind that does not count");
    }
    if let Some(why) = bad_host(settings, uri.host.as_deref()) {
        return Err(Failure { passed: 2, code: "provenance.host", why });
    }
    if settings.independent {
        if is_record(&uri, &source.uri, target) {
            return fail(3, "provenance.not-independent", "is the record itself");
        }
        if counted.iter().any(|other| is_same(source, other)) {
            return fail(3, "provenance.not-independent", "has been cited before");
        }
    }
    check_time(settings, now, source.retrieved_at.as_deref())?;
    let digest = source.sha256.as_deref().unwrap_or_default();
    if settings.require_digest && !(digest.len() == 64 && digest.bytes().all(|digit| digit.is_ascii_hexdigit())) {
        return fail(5, "provenance.no-digest", "has no SHA-256 of what was read");
    }
    Ok(())
}

/// What is wrong with the host, if anything is.
fn bad_host(settings: &Settings, host: Option<&str>) -> Option<String> {
    match host {
        Some(host) if is_within(host, &settings.denied_hosts) => Some(format!("is on the denied host {host}")),
        _ if settings.hosts.is_empty() => None,
        Some(host) if is_within(host, &settings.hosts) => None,
        Some(host) => Some(format!("is on {host}, which is not a host that counts")),
        None => Some("has no host, and only some hosts count".to_owned()),
    }
}

/// Whether the source is the record that is to be changed.
fn is_record(uri: &Uri, text: &str, target: &RecordRef) -> bool {
    let RecordRef { system, object, id } = target;
    // Some name a record without its kind: `hubspot:101`.
    let bare = uri.scheme.eq_ignore_ascii_case(system) && text.split_once(':').is_some_and(|(_, rest)| rest == id);
    bare || RECORD_SCHEMES.contains(&uri.scheme.as_str()) || names(text, &[system, object, id])
}

/// Whether two sources are one: the same address, or the same bytes.
fn is_same(one: &Evidence, other: &Evidence) -> bool {
    let digests = one.sha256.as_ref().zip(other.sha256.as_ref());
    one.uri == other.uri || digests.is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn check_time(settings: &Settings, now: Timestamp, retrieved_at: Option<&str>) -> Result<(), Failure> {
    let fail = |code, why| Err(Failure { passed: 4, code, why });
    let Some(text) = retrieved_at else {
        return fail("provenance.stale", "does not say when it was read".to_owned());
    };
    let Some(at) = Timestamp::parse(text) else {
        return fail("provenance.unreadable", "says in no readable way when it was read".to_owned());
    };
    let age = now.0.saturating_sub(at.0);
    if age < -CLOCK_SKEW {
        return fail("provenance.future", "was read in the future".to_owned());
    }
    let most = settings.max_age_days;
    if most > 0 && age > i64::from(most) * 86_400 {
        return fail("provenance.stale", format!("was read {} days ago; at most {most} count", now.days_since(at)));
    }
    Ok(())
}
