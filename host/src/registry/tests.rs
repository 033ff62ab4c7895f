//! Registries as they should be, and as nobody should trust them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::manifest::{ANY_BUNDLE, Descriptor, INDEX, MANIFEST, Manifest};
use super::{ArtifactReference, Bounds, Credentials, Packed, Parcel, Received, Registry, RegistryError};
use crate::model::Digest;

pub(super) const BOUNDS: Bounds = Bounds { component: 64 << 10, bundle: 1 << 10 };

/// A component with a text in it.
pub(super) fn component(text: &str) -> Vec<u8> {
    wat::parse_str(format!(r#"(component (@custom "text" "{text}"))"#)).unwrap()
}

pub(super) fn packed<'a>(name: &'a str, component: &'a [u8], bundles: &'a [Vec<u8>]) -> Packed<'a> {
    packed_with(name, component, bundles, None)
}

fn packed_with<'a>(name: &'a str, component: &'a [u8], bundles: &'a [Vec<u8>], sbom: Option<&'a str>) -> Packed<'a> {
    let parcel = Parcel { name, version: "1.0.0", component, imports: &[], exports: &[], bundles, sbom };
    Packed::new(parcel).unwrap()
}

/// What a registry holds, by path: the media type and the content.
type Things = BTreeMap<String, (&'static str, Vec<u8>)>;

/// A request: its method, its path with its query, its head in lower case, its body.
struct Asked {
    method: String,
    path: String,
    head: String,
    body: Vec<u8>,
}

/// Somebody who answers as a test says, whole or not.
struct Fake {
    host: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    fn with(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(request) = read(&stream) else { continue };
                let said = answer(&request);
                heard.lock().unwrap().push(request);
                let mut stream = stream;
                let _ = stream.write_all(&said);
                if said.is_empty() {
                    // Nothing is said, and the connection stays.
                    thread::spawn(move || stream.read_to_end(&mut Vec::new()));
                }
            }
        });
        Self { host, asked }
    }

    /// A registry that holds these, by path; with their media types.
    fn holding(things: Things) -> Self {
        Self::with(move |asked| match things.get(&asked.path) {
            Some((media_type, bytes)) => ok(media_type, bytes),
            None => answer("404 Not Found", "", b""),
        })
    }

    fn reference(&self) -> ArtifactReference {
        format!("{}/team/rule:1.0.0", self.host).parse().unwrap()
    }

    fn registry(&self, credentials: Option<Credentials>) -> Registry {
        Registry::at(&self.reference(), credentials, Duration::from_secs(20), None).unwrap()
    }

    fn pull(&self) -> Result<Received, RegistryError> {
        self.registry(None).pull(&self.reference(), None, BOUNDS)
    }

    fn heard(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut from = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        head.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    Some(Asked { method, path, head: head.to_lowercase(), body })
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn ok(media_type: &str, body: &[u8]) -> Vec<u8> {
    answer("200 OK", &format!("Content-Type: {media_type}\r\n"), body)
}

/// What a registry holds of a module, with its referrers by the API or by the tag.
fn things(packed: &Packed<'_>, by_api: bool) -> Things {
    let below = |path: String| format!("/v2/team/rule/{path}");
    let mut things = BTreeMap::new();
    for artifact in packed.artifacts() {
        let digest = artifact.descriptor.digest;
        things.insert(below(format!("manifests/{digest}")), (MANIFEST, artifact.manifest.clone()));
        for (digest, bytes) in &artifact.blobs {
            things.insert(below(format!("blobs/{digest}")), ("application/octet-stream", bytes.to_vec()));
        }
    }
    things.insert(below("manifests/1.0.0".to_owned()), (MANIFEST, packed.module.manifest.clone()));
    let listed: Vec<_> = packed.referrers.iter().map(|referrer| &referrer.descriptor).collect();
    let index = serde_json::json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": listed });
    let digest = packed.digest();
    let at = if by_api { format!("referrers/{digest}") } else { format!("manifests/sha256-{digest:x}") };
    things.insert(below(at), (INDEX, index.to_string().into_bytes()));
    things
}

/// A module with a signature, as a registry holds it, with something changed.
fn pull_changed(change: impl FnOnce(&Packed<'_>, &mut Things)) -> RegistryError {
    let (component, bundles) = (component("one"), [b"a signature".to_vec()]);
    let packed = packed("rule", &component, &bundles);
    let mut things = things(&packed, true);
    change(&packed, &mut things);
    Fake::holding(things).pull().unwrap_err()
}

#[test]
fn what_is_there_is_pulled_with_its_signatures_by_the_api_and_by_the_tag() {
    let (component, bundles) = (component("one"), [b"a signature".to_vec(), b"another".to_vec()]);
    let packed = packed("rule", &component, &bundles);
    for by_api in [true, false] {
        let fake = Fake::holding(things(&packed, by_api));
        let received = fake.pull().unwrap();
        assert_eq!((received.manifest, &received.component), (packed.digest(), &component));
        assert_eq!(received.bundles, bundles);
        let sbom = str::from_utf8(&packed.referrers.last().unwrap().blobs[0].1).unwrap();
        assert_eq!(received.sbom.as_deref(), Some(sbom));
        let config = packed.module.blobs[1].0.to_string();
        assert!(!fake.heard().iter().any(|path| path.contains(&config)), "what is not needed is not fetched");
        // By the digest alone, and by both.
        for text in [fake.reference().pinned(packed.digest()), format!("{}@{}", fake.reference(), packed.digest())] {
            let reference: ArtifactReference = text.parse().unwrap();
            assert_eq!(fake.registry(None).pull(&reference, Some(packed.digest()), BOUNDS).unwrap(), received);
        }
        let other = Some(Digest::of(b"other"));
        assert!(fake.registry(None).pull(&fake.reference(), other, BOUNDS).unwrap_err().breaks());
    }
}

#[test]
fn what_is_not_what_its_digest_says_breaks_a_promise() {
    let (bytes, other) = (b"a signature".to_vec(), b"a signaturf".to_vec());
    for (place, content) in [(0, b"\0asm".to_vec()), (1, bytes), (1, other)] {
        let error = pull_changed(|packed, things| {
            let blob = packed.artifacts().nth(place).unwrap().blobs[0].0;
            let held = &mut things.get_mut(&format!("/v2/team/rule/blobs/{blob}")).unwrap().1;
            // The same again is no change; then it gets one byte more.
            if *held == content {
                held.push(b' ');
            } else {
                *held = content;
            }
        });
        assert!(error.breaks(), "{error}");
    }
    let error = pull_changed(|packed, things| {
        let signature = packed.referrers[0].descriptor.digest;
        things.get_mut(&format!("/v2/team/rule/manifests/{signature}")).unwrap().1.push(b' ');
    });
    assert!(error.breaks(), "{error}");
    // A registry that says another digest than that of its answer.
    let component = component("one");
    let manifest = packed("rule", &component, &[]).module.manifest.clone();
    let lying = format!("Docker-Content-Digest: {}\r\n", Digest::of(b"x"));
    let error = Fake::with(move |_| answer("200 OK", &lying, &manifest)).pull().unwrap_err();
    assert!(error.breaks(), "{error}");
}

#[test]
fn what_it_is_made_of_comes_along_if_it_says_so_of_this_component() {
    let component = component("one");
    let theirs = super::sbom("rule", "1.0.0", &component).unwrap().replace("unknown", "complete");
    let other = super::sbom("rule", "1.0.0", b"\0asm\x01\0\0\0").unwrap();
    let huge = format!("{theirs}{}", " ".repeat(1 << 20));
    for (text, taken) in
        [(theirs.as_str(), true), (other.as_str(), false), ("{}", false), ("nonsense", false), (huge.as_str(), false)]
    {
        let packed = packed_with("rule", &component, &[], Some(text));
        let received = Fake::holding(things(&packed, true)).pull().unwrap();
        assert_eq!(received.sbom.as_deref(), taken.then_some(text));
        assert_eq!(received.component, component);
    }
    let error = pull_changed(|packed, things| {
        let blob = packed.referrers.last().unwrap().blobs[0].0;
        things.get_mut(&format!("/v2/team/rule/blobs/{blob}")).unwrap().1.push(b' ');
    });
    assert!(error.breaks(), "{error}");
}

/// The module's manifest with something changed, under its tag.
fn pull_manifest(change: impl Fn(&mut Manifest)) -> RegistryError {
    pull_changed(|packed, things| {
        let mut manifest = Manifest::read("it", &packed.module.manifest).unwrap();
        change(&mut manifest);
        let bytes = serde_json::to_vec(&manifest).unwrap();
        things.insert("/v2/team/rule/manifests/1.0.0".to_owned(), (MANIFEST, bytes));
    })
}

#[test]
fn what_is_no_module_or_too_much_is_refused() {
    let errors = [
        (pull_manifest(|it| it.layers.push(it.layers[0].clone())), "2 layers"),
        (pull_manifest(|it| it.layers.clear()), "0 layers"),
        (pull_manifest(|it| it.layers[0].media_type = "application/x-tar".to_owned()), "x-tar"),
        (pull_manifest(|it| it.config.media_type = "application/json".to_owned()), "application/json"),
        (pull_manifest(|it| it.media_type = INDEX.to_owned()), "image.index"),
        (pull_manifest(|it| it.schema_version = 1), "version 1"),
        (pull_manifest(|it| it.subject = Some(it.config.clone())), "no module"),
        (pull_manifest(|it| it.layers[0].size = BOUNDS.component + 1), "more than"),
    ];
    for (error, why) in errors {
        assert!(error.to_string().contains(why) && !error.breaks(), "{why}: {error}");
    }
    for garbage in [&b""[..], b"{", b"<html>", b"[]", &b"[".repeat(100_000), &b" ".repeat(300 << 10)] {
        let garbage = garbage.to_vec();
        let error = Fake::with(move |_| ok(MANIFEST, &garbage)).pull().unwrap_err();
        assert!(!error.breaks(), "{error}");
    }
    let missing = Fake::holding(BTreeMap::new()).pull().unwrap_err();
    assert!(matches!(missing, RegistryError::Missing { .. }), "{missing}");
    let broken = Fake::with(|_| answer("500 Oh", "", br#"{"errors":[{"code":"X","message":"y"}]}"#)).pull();
    assert!(broken.unwrap_err().to_string().contains("500"));
}

#[test]
fn a_registry_that_stops_or_stalls_is_left() {
    let silent = Fake::with(|_| Vec::new());
    let mut registry = Registry::at(&silent.reference(), None, Duration::from_millis(200), None).unwrap();
    let error = registry.pull(&silent.reference(), None, BOUNDS).unwrap_err();
    assert!(matches!(error, RegistryError::Unanswered { .. }), "{error}");
    let (component, bundles) = (component("one"), [b"a signature".to_vec()]);
    let all = things(&packed("rule", &component, &bundles), true);
    // The same answers, each without its end.
    for path in all.keys().cloned() {
        let all = all.clone();
        let cut = Fake::with(move |asked| {
            let whole = all.get(&asked.path).map_or_else(|| answer("404 No", "", b""), |(kind, bytes)| ok(kind, bytes));
            let end = if asked.path == path { whole.len() - 1 } else { whole.len() };
            whole[..end].to_vec()
        });
        match cut.pull() {
            // What nobody fetched was not missed: the config.
            Ok(received) => assert_eq!(received.bundles, bundles),
            Err(error) => assert!(matches!(error, RegistryError::Unanswered { .. }), "{error}"),
        }
    }
}

#[test]
fn signatures_are_bounded_and_refer_to_the_module() {
    let listing = |descriptors: Vec<Descriptor>| {
        pull_changed(move |packed, things| {
            let index = serde_json::json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": descriptors });
            let path = format!("/v2/team/rule/referrers/{}", packed.digest());
            things.insert(path, (INDEX, index.to_string().into_bytes()));
        })
    };
    let one = |number: u8, kind: &str| {
        let artifact_type = Some(kind.to_owned());
        Descriptor { artifact_type, ..Descriptor::of(MANIFEST, &[number]) }
    };
    for (number, kind) in [(17, ANY_BUNDLE), (65, "application/x")] {
        let error = listing((0..number).map(|number| one(number, kind)).collect());
        assert!(matches!(error, RegistryError::TooMany { .. }), "{error}");
    }
    let error = listing(vec![one(1, ANY_BUNDLE)]);
    assert!(matches!(error, RegistryError::Missing { .. }), "{error}");
    let error = pull_changed(|packed, things| {
        let index = things.get_mut(&format!("/v2/team/rule/referrers/{}", packed.digest())).unwrap();
        index.1 = b"garbage".to_vec();
    });
    assert!(matches!(error, RegistryError::Malformed { .. }), "{error}");
    // The signature of another module.
    let (component, bundles) = (component("another"), [b"a signature".to_vec()]);
    let another = packed("another", &component, &bundles);
    let signature = another.referrers[0].clone();
    let error = pull_changed(move |packed, things| {
        let index = serde_json::json!({ "schemaVersion": 2, "manifests": [signature.descriptor] });
        let listed = format!("/v2/team/rule/referrers/{}", packed.digest());
        things.insert(listed, (INDEX, index.to_string().into_bytes()));
        let there = format!("/v2/team/rule/manifests/{}", signature.descriptor.digest);
        things.insert(there, (MANIFEST, signature.manifest.clone()));
    });
    assert!(error.to_string().contains("refers to something else"), "{error}");
}

#[test]
fn a_list_in_parts_is_followed_within_the_registry_and_not_for_ever() {
    let (component, bundles) = (component("one"), [b"a signature".to_vec()]);
    let packed = packed("rule", &component, &bundles);
    let (all, digest) = (things(&packed, true), packed.digest());
    let paged = |link: String| {
        let all = all.clone();
        let first = format!("/v2/team/rule/referrers/{digest}");
        Fake::with(move |asked| {
            let empty = br#"{"schemaVersion":2,"manifests":[]}"#;
            if asked.path == first {
                return answer("200 OK", &format!("Link: <{link}>; rel=\"next\"\r\n"), empty);
            }
            let path = asked.path.replace("?page=2", "");
            all.get(&path).map_or_else(|| answer("404 No", "", b""), |(kind, bytes)| ok(kind, bytes))
        })
    };
    let next = format!("/v2/team/rule/referrers/{digest}?page=2");
    assert_eq!(paged(next).pull().unwrap().bundles, bundles);
    let round = paged(format!("/v2/team/rule/referrers/{digest}")).pull().unwrap_err();
    assert!(matches!(round, RegistryError::TooMany { .. }), "{round}");
    let away = paged("http://127.0.0.1:1/x".to_owned()).pull().unwrap_err();
    assert!(away.to_string().contains("no address of this registry"), "{away}");
}

#[test]
fn a_blob_may_be_elsewhere_and_no_credentials_go_there() {
    let component = component("one");
    let packed = packed("rule", &component, &[]);
    let all = things(&packed, false);
    let storage = Fake::holding(all.clone());
    let there = storage.host.clone();
    let moving = move |what: &'static str| {
        let (all, there) = (all.clone(), there.clone());
        Fake::with(move |asked| {
            if !asked.head.contains("authorization: basic yw5hondvcmq=") {
                return answer("401 Who", "WWW-Authenticate: Basic realm=\"x\"\r\n", b"");
            }
            if asked.path.contains(what) {
                return answer("307 There", &format!("Location: http://{there}{}\r\n", asked.path), b"");
            }
            all.get(&asked.path).map_or_else(|| answer("404 No", "", b""), |(kind, bytes)| ok(kind, bytes))
        })
    };
    let pull = |fake: &Fake| fake.registry(Some(Credentials::new("ana", "word"))).pull(&fake.reference(), None, BOUNDS);
    assert_eq!(pull(&moving("/blobs/")).unwrap().component, component);
    let heads: Vec<_> = storage.asked.lock().unwrap().iter().map(|asked| asked.head.clone()).collect();
    assert!(!heads.is_empty() && heads.iter().all(|head| !head.contains("authorization")), "{heads:?}");
    let error = pull(&moving("/manifests/")).unwrap_err();
    assert!(error.to_string().contains("only blobs may be elsewhere"), "{error}");
    assert_eq!(storage.asked.lock().unwrap().len(), heads.len(), "nobody went there");
    // Without credentials, and with wrong ones.
    let error = moving("/x").pull().unwrap_err();
    assert!(error.to_string().contains("log in first"), "{error}");
    let fake = moving("/x");
    let wrong = Some(Credentials::new("ana", "secret"));
    let error = fake.registry(wrong).pull(&fake.reference(), None, BOUNDS).unwrap_err().to_string();
    assert!(error.contains("are not enough") && !error.contains("secret"), "{error}");
    // On and on.
    let round = Fake::with(|asked| answer("302 Round", &format!("Location: {}\r\n", asked.path), b""));
    assert!(matches!(round.pull().unwrap_err(), RegistryError::Elsewhere { .. }));
}

#[test]
fn a_token_is_asked_for_where_the_registry_says_if_that_is_its_own() {
    let component = component("one");
    let all = things(&packed("rule", &component, &[]), false);
    let giver = Fake::with(|asked| {
        let good = asked.head.contains("authorization: basic yw5hondvcmq=");
        if good { ok("application/json", br#"{"token":"t.0"}"#) } else { answer("401 No", "", b"") }
    });
    let wanting = |realm: String| {
        let all = all.clone();
        Fake::with(move |asked| {
            if !asked.head.contains("authorization: bearer t.0") {
                let header = format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"a b\",scope=\"all\"\r\n");
                return answer("401 Who", &header, b"");
            }
            all.get(&asked.path).map_or_else(|| answer("404 No", "", b""), |(kind, bytes)| ok(kind, bytes))
        })
    };
    let pull = |fake: &Fake| fake.registry(Some(Credentials::new("ana", "word"))).pull(&fake.reference(), None, BOUNDS);
    assert_eq!(pull(&wanting(format!("http://{}/token?x=1", giver.host))).unwrap().component, component);
    assert_eq!(giver.heard(), ["GET /token?x=1&scope=repository:team/rule:pull&service=a%20b"], "asked once");
    for (realm, why) in [
        ("https://auth.example.org/token", "own host or domain alone"),
        ("http://auth.example.org/token", "no address that is asked"),
        ("file:///etc/passwd", "no address that is asked"),
    ] {
        let error = pull(&wanting(realm.to_owned())).unwrap_err();
        assert!(matches!(error, RegistryError::Elsewhere { .. }), "{error}");
        assert!(error.to_string().contains(why), "{error}");
    }
    let nothing = Fake::with(|_| ok("application/json", b"{}"));
    let error = pull(&wanting(format!("http://{}/", nothing.host))).unwrap_err();
    assert!(error.to_string().contains("no token"), "{error}");
}

#[test]
fn a_module_is_pushed_before_its_tag_and_its_referrers_are_listed() {
    let (component, bundles) = (component("one"), [b"a signature".to_vec()]);
    let packed = packed("rule", &component, &bundles);
    for lists in [true, false] {
        let fake = Fake::with(move |asked| match (asked.method.as_str(), asked.path.as_str()) {
            ("POST", _) => answer("202 Go on", "Location: /v2/team/rule/blobs/uploads/7?a=b\r\n", b""),
            ("PUT", _) if lists => answer("201 Done", "OCI-Subject: sha256:x\r\n", b""),
            ("PUT", _) => answer("201 Done", "", b""),
            _ => answer("404 No", "", b""),
        });
        fake.registry(None).push(&packed, "1.0.0").unwrap();
        let asked = fake.asked.lock().unwrap();
        let put: Vec<_> = asked.iter().filter(|asked| asked.method == "PUT").collect();
        let tag = format!("/v2/team/rule/manifests/sha256-{:x}", packed.digest());
        assert_eq!(put.last().unwrap().path, "/v2/team/rule/manifests/1.0.0");
        assert_eq!(put.last().unwrap().body, packed.module.manifest);
        let listed = put.iter().find(|asked| asked.path == tag);
        assert_eq!(listed.is_none(), lists);
        if let Some(listed) = listed {
            let index: serde_json::Value = serde_json::from_slice(&listed.body).unwrap();
            assert_eq!(index["manifests"].as_array().unwrap().len(), 2, "a signature, and what it is made of");
            assert!(listed.head.contains(&format!("content-type: {INDEX}")), "{}", listed.head);
        }
        let upload = format!("/v2/team/rule/blobs/uploads/7?a=b&digest={}", Digest::of(&component));
        assert!(put.iter().any(|asked| asked.path == upload && asked.body == component));
    }
    let away = Fake::with(|asked| match asked.method.as_str() {
        "POST" => answer("202 Go", "Location: http://127.0.0.1:1/x\r\n", b""),
        _ => answer("404 No", "", b""),
    });
    let error = away.registry(None).push(&packed, "1.0.0").unwrap_err();
    assert!(error.to_string().contains("the registry itself alone"), "{error}");
}
