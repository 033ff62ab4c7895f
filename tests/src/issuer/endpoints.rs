//! What an issuer answers.

use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use openidconnect::core::{
    CoreClientAuthMethod, CoreGenderClaim, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType, CoreSubjectIdentifierType, CoreTokenType,
};
use openidconnect::url::{Url, form_urlencoded};
use openidconnect::{
    AccessToken, AdditionalClaims, Audience, AuthUrl, ClientId, CsrfToken, EmptyAdditionalProviderMetadata,
    EmptyExtraTokenFields, IdToken, IdTokenClaims, IdTokenFields, IssuerUrl, JsonWebKeySetUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey, ResponseTypes, StandardClaims, StandardTokenResponse,
    SubjectIdentifier, TokenUrl,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::keys::Key;
use super::wire::{Answer, Request};
use super::{CLIENT, Fault, SECRET, Shared, State};

/// What a code is good for.
pub struct Grant {
    /// The form of PKCE, and the challenge.
    challenge: (String, String),
    nonce: String,
    redirect: String,
    subject: String,
    claims: Map<String, Value>,
}

/// What is said of somebody beside the usual.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
struct Claims(Map<String, Value>);

impl AdditionalClaims for Claims {}

type Token = IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

impl Shared {
    /// Answers one request.
    pub fn serve(&self, mut stream: TcpStream) {
        let Some(request) = Request::read(&stream) else { return };
        let fault = {
            let mut state = self.state();
            *state.asked.entry(request.path.clone()).or_default() += 1;
            state.fault
        };
        if request.path != "/authorize" {
            match fault {
                Some(Fault::Slow) => {
                    // Until the other side gives up.
                    let _ = stream.read(&mut [0]);
                    return;
                }
                Some(Fault::Huge) => {
                    let body = vec![b' '; 2 << 20];
                    return Answer { status: "200 OK", headers: String::new(), body }.write(&stream);
                }
                Some(Fault::Broken) => {
                    return Answer::json("500 Internal Server Error", &json!({ "error": "none" })).write(&stream);
                }
                Some(Fault::NoJson) => {
                    let headers = "Content-Type: text/html\r\n".to_owned();
                    return Answer { status: "200 OK", headers, body: b"<p>hello</p>".to_vec() }.write(&stream);
                }
                Some(Fault::Redirects) => {
                    return Answer::elsewhere(&format!("{}/elsewhere", self.address)).write(&stream);
                }
                _ => {}
            }
        }
        let mut state = self.state();
        let answer = match request.path.as_str() {
            "/.well-known/openid-configuration" => self.description(&state),
            "/keys" if fault != Some(Fault::NoKeys) => {
                Answer::json("200 OK", &CoreJsonWebKeySet::new(vec![state.key.as_verification_key()]))
            }
            "/authorize" => self.authorize(&mut state, &request),
            "/token" => self.token(&mut state, &request),
            _ => Answer::json("404 Not Found", &json!({})),
        };
        drop(state);
        answer.write(&stream);
    }

    fn description(&self, state: &State) -> Answer {
        let at = |path: &str| format!("{}{path}", self.address);
        let fault = state.fault;
        let issuer = if fault == Some(Fault::DescribesAnother) { at("/other") } else { self.address.clone() };
        let token = if fault == Some(Fault::PointsIntoTheClear) {
            "http://issuer.example.com/token".to_owned()
        } else {
            at("/token")
        };
        let method = if fault == Some(Fault::SecretInBody) {
            CoreClientAuthMethod::ClientSecretPost
        } else {
            CoreClientAuthMethod::ClientSecretBasic
        };
        let metadata = CoreProviderMetadata::new(
            IssuerUrl::new(issuer).unwrap(),
            AuthUrl::new(at("/authorize")).unwrap(),
            JsonWebKeySetUrl::new(at("/keys")).unwrap(),
            vec![ResponseTypes::new(vec![CoreResponseType::Code])],
            vec![CoreSubjectIdentifierType::Public],
            vec![state.key.algorithm.clone(), CoreJwsSigningAlgorithm::HmacSha256, CoreJwsSigningAlgorithm::None],
            EmptyAdditionalProviderMetadata {},
        )
        .set_token_endpoint(Some(TokenUrl::new(token).unwrap()))
        .set_token_endpoint_auth_methods_supported(Some(vec![method]));
        let mut description = serde_json::to_value(metadata).unwrap();
        description["authorization_response_iss_parameter_supported"] = true.into();
        let pkce = if fault == Some(Fault::PlainPkce) { "plain" } else { "S256" };
        description["code_challenge_methods_supported"] = json!([pkce]);
        Answer::json("200 OK", &description)
    }

    /// Signs in whom it was told to, at once.
    fn authorize(&self, state: &mut State, request: &Request) -> Answer {
        let asked_rightly = request.get("response_type") == "code"
            && request.get("client_id") == CLIENT
            && request.get("scope").split(' ').any(|scope| scope == "openid");
        let Ok(mut back) = Url::parse(request.get("redirect_uri")) else {
            return Answer::json("400 Bad Request", &json!({ "error": "invalid_request" }));
        };
        if !asked_rightly {
            return Answer::json("400 Bad Request", &json!({ "error": "invalid_request" }));
        }
        let mut query = back.query_pairs_mut();
        query.append_pair("state", request.get("state"));
        match state.fault {
            Some(Fault::CallbackOfNobody) => {}
            Some(Fault::CallbackOfAnother) => drop(query.append_pair("iss", "https://issuer.example.com")),
            _ => drop(query.append_pair("iss", &self.address)),
        }
        if state.fault == Some(Fault::SaysNo) {
            query.append_pair("error", "access_denied").append_pair("error_description", "planted-zebra");
        } else {
            let code = CsrfToken::new_random().into_secret();
            query.append_pair("code", &code);
            let text = |name: &str| request.get(name).to_owned();
            let grant = Grant {
                challenge: (text("code_challenge_method"), text("code_challenge")),
                nonce: text("nonce"),
                redirect: text("redirect_uri"),
                subject: state.subject.clone(),
                claims: state.claims.clone(),
            };
            state.grants.insert(code, grant);
        }
        drop(query);
        Answer::elsewhere(back.as_str())
    }

    /// Gives tokens for a code, once, to whoever began the sign-in.
    fn token(&self, state: &mut State, request: &Request) -> Answer {
        let no = |error: &str| {
            Answer::json("400 Bad Request", &json!({ "error": error, "error_description": request.get("code") }))
        };
        if !is_client(request, state.fault) {
            return no("invalid_client");
        }
        if request.get("grant_type") != "authorization_code" {
            return no("unsupported_grant_type");
        }
        let Some(grant) = state.grants.remove(request.get("code")) else { return no("invalid_grant") };
        // Without a challenge there is nothing that a verifier could fit (RFC 9700, 2.1.1).
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
            Some(request.get("code_verifier")).filter(|text| text.len() >= 43).unwrap_or(&"-".repeat(43)).to_owned(),
        ));
        let fits = grant.challenge == ("S256".to_owned(), challenge.as_str().to_owned());
        if grant.redirect != request.get("redirect_uri") || !(fits || state.fault == Some(Fault::IgnoresVerifier)) {
            return no("invalid_grant");
        }
        let token = (state.fault != Some(Fault::NoIdToken)).then(|| self.id_token(state, &grant));
        let fields = IdTokenFields::new(token, EmptyExtraTokenFields {});
        let access = AccessToken::new(CsrfToken::new_random().into_secret());
        Answer::json("200 OK", &StandardTokenResponse::new(access, CoreTokenType::Bearer, fields))
    }

    fn id_token(&self, state: &State, grant: &Grant) -> Token {
        let fault = state.fault;
        let other = |when, usual: &str, other: &str| if fault == Some(when) { other } else { usual }.to_owned();
        let issuer = other(Fault::OtherIssuer, &self.address, "https://issuer.example.com");
        let mut audiences = vec![Audience::new(other(Fault::OtherAudience, CLIENT, "other"))];
        if fault == Some(Fault::SecondAudience) {
            audiences.push(Audience::new("other".to_owned()));
        }
        let now = SystemTime::now();
        let ends =
            if fault == Some(Fault::Expired) { now - Duration::from_secs(1) } else { now + Duration::from_mins(5) };
        let subject = SubjectIdentifier::new(other(Fault::NoSubject, &grant.subject, ""));
        let nonce = Nonce::new(other(Fault::OtherNonce, &grant.nonce, "another"));
        let claims = IdTokenClaims::new(
            IssuerUrl::new(issuer).unwrap(),
            audiences,
            ends.into(),
            (now - Duration::from_secs(2)).into(),
            StandardClaims::<CoreGenderClaim>::new(subject),
            Claims(grant.claims.clone()),
        )
        .set_nonce((fault != Some(Fault::NoNonce)).then_some(nonce))
        .set_authorized_party(Some(ClientId::new(other(Fault::OtherParty, CLIENT, "other"))));
        let sign = |key: &Key| IdToken::new(claims, key, key.algorithm.clone(), None, None).unwrap();
        match fault {
            Some(Fault::Unsigned) => sign(&Key::new(&CoreJwsSigningAlgorithm::None)),
            Some(Fault::SecretAsKey) => sign(&Key::shared(SECRET)),
            Some(Fault::PublicKeyAsSecret) => {
                sign(&Key::shared(&serde_json::to_string(&state.key.as_verification_key()).unwrap()))
            }
            Some(Fault::ForeignKey) => sign(&Key::with_id(&state.key.algorithm, &state.key.id)),
            Some(Fault::UnknownKey) => sign(&Key::new(&state.key.algorithm)),
            _ => sign(&state.key),
        }
    }
}

/// Whether the client is the one that the issuer knows, and says so in the way that is asked of it.
fn is_client(request: &Request, fault: Option<Fault>) -> bool {
    if fault == Some(Fault::SecretInBody) {
        return request.authorization.is_empty()
            && (request.get("client_id"), request.get("client_secret")) == (CLIENT, SECRET);
    }
    let written = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let expected = BASE64_STANDARD.encode(format!("{}:{}", written(CLIENT), written(SECRET)));
    request.authorization == format!("Basic {expected}") && request.get("client_secret").is_empty()
}
