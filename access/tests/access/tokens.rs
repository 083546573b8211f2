//! Tokens that must be believed, and the many that must not.

use crate::support::{Key, NOW, Still};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use daybook_access::{
    Algorithm, DevelopmentIssuer, JwkSet, KeySource, Principal, TokenError, TokenRules, TokenVerifier,
};
use daybook_domain::{ClinicId, Role};
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};
use uuid::Uuid;

const ISSUER: &str = "https://login.example";
const CLINIC: Uuid = Uuid::from_u128(1);

fn rules() -> TokenRules {
    TokenRules { second_factor_acr: vec!["urn:two".into()], ..TokenRules::new(ISSUER, "daybook") }
}

fn verifier(rules: TokenRules, keys: &[&Key]) -> TokenVerifier {
    let keys = JwkSet { keys: keys.iter().map(|key| key.public.clone()).collect() };
    TokenVerifier::new(rules, KeySource::Fixed(keys), crate::support::http(), Still::new())
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": ["other", "daybook"], "sub": "user-1", "sid": "session-1",
        "iat": NOW, "exp": NOW + 300, "amr": ["pwd", "mfa"],
        "daybook": { "clinic": CLINIC, "role": "front-desk" },
    })
}

/// The claims, with some replaced or (null) removed.
fn with(changes: Value) -> Value {
    let mut claims = claims();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

async fn verify(claims: Value) -> Result<Principal, TokenError> {
    let key = Key::ed25519(1, "k1");
    verifier(rules(), &[&key]).verify(&key.sign(&claims)).await
}

fn as_role(role: &str, person: Option<Uuid>) -> Value {
    with(json!({ "daybook": { "clinic": CLINIC, "role": role, "person": person } }))
}

#[tokio::test]
async fn a_good_token_says_who_it_is() {
    let principal = verify(claims()).await.unwrap();
    assert_eq!(principal.subject, "user-1");
    assert_eq!((principal.role, principal.clinic, principal.person), (Role::FrontDesk, ClinicId(CLINIC), None));
    let patient = verify(as_role("patient", Some(CLINIC))).await.unwrap();
    assert_eq!((patient.role, patient.person), (Role::Patient, Some(CLINIC)));
    assert_eq!(patient.actor().person, Some(CLINIC));
}

#[tokio::test]
async fn refreshed_tokens_of_a_session_share_its_stream() {
    let first = verify(with(json!({ "jti": "1" }))).await.unwrap();
    let refreshed = verify(with(json!({ "jti": "2" }))).await.unwrap();
    let other = verify(with(json!({ "sid": "session-2" }))).await.unwrap();
    assert_eq!(first.session, refreshed.session);
    assert_ne!(first.session, other.session);
    assert_ne!(verify(with(json!({ "sid": null, "jti": "1" }))).await.unwrap().session, first.session);
}

#[tokio::test]
async fn claims_that_are_not_right_are_refused() {
    let own = |own: Value| with(json!({ "daybook": own }));
    for (claims, expected) in [
        (with(json!({ "iss": "https://evil.example" })), TokenError::WrongIssuer),
        (with(json!({ "iss": null })), TokenError::WrongIssuer),
        (with(json!({ "aud": "someone-else" })), TokenError::WrongAudience),
        (with(json!({ "aud": null })), TokenError::WrongAudience),
        (with(json!({ "exp": NOW - 31 })), TokenError::Expired),
        (with(json!({ "exp": null })), TokenError::ClaimMissing),
        (with(json!({ "exp": "soon" })), TokenError::Malformed),
        (with(json!({ "nbf": NOW + 31 })), TokenError::NotYetValid),
        (with(json!({ "iat": NOW + 31 })), TokenError::NotYetValid),
        (with(json!({ "sub": null })), TokenError::ClaimMissing),
        (with(json!({ "sub": "" })), TokenError::ClaimMissing),
        (with(json!({ "sub": "x".repeat(256) })), TokenError::ClaimMissing),
        (with(json!({ "daybook": null })), TokenError::ClaimMissing),
        (own(json!({ "role": "front-desk" })), TokenError::ClaimMissing),
        (own(json!({ "clinic": "the clinic", "role": "front-desk" })), TokenError::ClaimMissing),
        (as_role("superuser", None), TokenError::UnknownRole),
        (as_role("system", None), TokenError::UnknownRole),
        (as_role("Patient", Some(CLINIC)), TokenError::UnknownRole),
        (as_role("patient", None), TokenError::NoPerson),
        (as_role("provider", None), TokenError::NoPerson),
    ] {
        assert_eq!(verify(claims.clone()).await, Err(expected), "{claims}");
    }
}

#[tokio::test]
async fn clocks_may_differ_by_the_leeway() {
    assert!(verify(with(json!({ "exp": NOW - 29 }))).await.is_ok());
    assert!(verify(with(json!({ "nbf": NOW + 30, "iat": NOW + 30 }))).await.is_ok());
    assert!(verify(with(json!({ "exp": NOW as f64 + 0.5 }))).await.is_ok());
}

#[tokio::test]
async fn staff_need_a_second_factor_and_patients_do_not() {
    for role in ["provider", "clinical-staff", "front-desk", "billing", "compliance", "auditor", "administrator"] {
        let mut claims = as_role(role, Some(CLINIC));
        claims["amr"] = json!(["pwd"]);
        assert_eq!(verify(claims.clone()).await, Err(TokenError::NoSecondFactor), "{role}");
        claims["acr"] = json!("urn:one");
        assert_eq!(verify(claims.clone()).await, Err(TokenError::NoSecondFactor), "{role}");
        claims["acr"] = json!("urn:two");
        assert!(verify(claims.clone()).await.is_ok(), "{role}");
        for factor in ["mfa", "otp", "hwk"] {
            claims["acr"] = json!("urn:one");
            claims["amr"] = json!([factor]);
            assert!(verify(claims.clone()).await.is_ok(), "{role} {factor}");
        }
        claims.as_object_mut().unwrap().remove("amr");
        assert_eq!(verify(claims).await, Err(TokenError::NoSecondFactor), "{role}");
    }
    let mut patient = as_role("patient", Some(CLINIC));
    patient["amr"] = json!(["pwd"]);
    assert!(verify(patient).await.is_ok());
}

#[tokio::test]
async fn only_listed_service_accounts_act_as_the_system() {
    let key = Key::ed25519(1, "k1");
    let listed = TokenRules { system_subjects: vec!["video".into()], ..rules() };
    let verifier = verifier(listed, &[&key]);
    let mut claims = as_role("system", None);
    claims["amr"] = json!([]);
    assert_eq!(verifier.verify(&key.sign(&claims)).await, Err(TokenError::UnknownRole));
    claims["sub"] = json!("video");
    assert_eq!(verifier.verify(&key.sign(&claims)).await.unwrap().role, Role::System);
}

#[tokio::test]
async fn the_claim_may_have_another_name() {
    let key = Key::ed25519(1, "k1");
    let renamed = TokenRules { claim: "https://daybook.example/who".into(), ..rules() };
    let mut claims = claims();
    claims["https://daybook.example/who"] = claims.as_object_mut().unwrap().remove("daybook").unwrap();
    assert!(verifier(renamed, &[&key]).verify(&key.sign(&claims)).await.is_ok());
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let key = Key::ed25519(1, "k1");
    let verifier = verifier(rules(), &[&key]);
    assert_eq!(verifier.verify("").await, Err(TokenError::Missing));
    let good = key.sign(&claims());
    for token in ["x", "x.y.z", "..", &good[..good.len() / 2], &"x".repeat(20_000), &format!("{good}.x")] {
        assert_eq!(verifier.verify(token).await, Err(TokenError::Malformed), "{token}");
    }
}

#[tokio::test]
async fn a_token_that_was_tampered_with_is_refused() {
    let key = Key::ed25519(1, "k1");
    let verifier = verifier(rules(), &[&key]);
    let good = key.sign(&claims());
    let [header, payload, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    let forged = URL_SAFE_NO_PAD.encode(as_role("administrator", None).to_string());
    for token in [
        format!("{header}.{forged}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        Key::ed25519(2, "k1").sign(&claims()),
    ] {
        assert_eq!(verifier.verify(&token).await, Err(TokenError::WrongSignature), "{token}");
    }
    assert!(verifier.verify(&good).await.is_ok());
}

#[tokio::test]
async fn algorithms_are_pinned() {
    let (ed, ec) = (Key::ed25519(1, "ed"), Key::es256("ec"));
    let both = verifier(rules(), &[&ed, &ec]);
    assert!(both.verify(&ec.sign(&claims())).await.is_ok());
    assert!(both.verify(&ed.sign(&claims())).await.is_ok());
    let only_ec = TokenRules { algorithms: vec![Algorithm::ES256], ..rules() };
    assert_eq!(verifier(only_ec, &[&ed, &ec]).verify(&ed.sign(&claims())).await, Err(TokenError::WrongAlgorithm));
    // A key serves its own algorithm only.
    let header = Header { kid: Some("ed".into()), ..Header::new(Algorithm::ES256) };
    assert_eq!(both.verify(&encode(&header, &claims(), &ec.private).unwrap()).await, Err(TokenError::UnknownKey));
}

/// The classic confusion: the public key, which everybody has, used as the secret of an HMAC.
#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    let key = Key::ed25519(1, "k1");
    let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::HS256) };
    let public = serde_json::to_vec(&key.public).unwrap();
    let forged = encode(&header, &claims(), &EncodingKey::from_secret(&public)).unwrap();
    let careless = TokenRules { algorithms: vec![Algorithm::HS256, Algorithm::EdDSA], ..rules() };
    for rules in [rules(), careless] {
        assert_eq!(verifier(rules, &[&key]).verify(&forged).await, Err(TokenError::WrongAlgorithm));
    }
}

#[tokio::test]
async fn unsigned_tokens_and_odd_headers_are_refused() {
    let key = Key::ed25519(1, "k1");
    let verifier = verifier(rules(), &[&key]);
    let payload = URL_SAFE_NO_PAD.encode(claims().to_string());
    for alg in ["none", "None", "NONE", ""] {
        let header = URL_SAFE_NO_PAD.encode(json!({ "alg": alg, "kid": "k1" }).to_string());
        assert_eq!(verifier.verify(&format!("{header}.{payload}.")).await, Err(TokenError::Malformed), "{alg}");
    }
    let no_kid = encode(&Header::new(Algorithm::EdDSA), &claims(), &key.private).unwrap();
    assert_eq!(verifier.verify(&no_kid).await, Err(TokenError::NoKeyId));
    let critical = Header { crit: Some(vec!["b64".into()]), kid: Some("k1".into()), ..Header::new(Algorithm::EdDSA) };
    let critical = encode(&critical, &claims(), &key.private).unwrap();
    assert_eq!(verifier.verify(&critical).await, Err(TokenError::Malformed));
}

#[tokio::test]
async fn keys_for_encryption_verify_nothing() {
    let mut key = Key::ed25519(1, "k1");
    let token = key.sign(&claims());
    key.public.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Encryption);
    assert_eq!(verifier(rules(), &[&key]).verify(&token).await, Err(TokenError::UnknownKey));
}

#[tokio::test]
async fn the_development_issuer_is_believed_by_its_own_rules_only() {
    let clock = Still::new();
    let issuer = DevelopmentIssuer::new([7; 32], clock.clone()).unwrap();
    let own = TokenVerifier::new(
        DevelopmentIssuer::rules(),
        KeySource::Fixed(issuer.jwks()),
        crate::support::http(),
        clock.clone(),
    );
    let asked = Principal {
        subject: "dr-demo".into(),
        role: Role::Provider,
        clinic: ClinicId(CLINIC),
        person: Some(Uuid::from_u128(5)),
        session: Uuid::from_u128(6),
    };
    let token = issuer.issue(&asked, std::time::Duration::from_secs(60)).unwrap();
    let verified = own.verify(&token).await.unwrap();
    assert_eq!(Principal { session: asked.session, ..verified.clone() }, asked);
    assert_eq!(own.verify(&issuer.issue(&asked, std::time::Duration::from_secs(600)).unwrap()).await, Ok(verified));

    assert!(own.rules().is_development() && !rules().is_development());
    assert!(!format!("{issuer:?}").contains("seed"));
    let real = TokenVerifier::new(rules(), KeySource::Fixed(issuer.jwks()), crate::support::http(), clock.clone());
    assert_eq!(real.verify(&token).await, Err(TokenError::WrongIssuer));
    let other = DevelopmentIssuer::new([8; 32], clock.clone()).unwrap();
    assert_eq!(
        own.verify(&other.issue(&asked, std::time::Duration::from_secs(60)).unwrap()).await,
        Err(TokenError::UnknownKey)
    );
    clock.pass(60 + 30);
    assert_eq!(own.verify(&token).await, Err(TokenError::Expired));
}

#[test]
fn an_error_has_a_code_and_no_content() {
    let errors = [TokenError::Missing, TokenError::Malformed, TokenError::KeysUnavailable, TokenError::NoSecondFactor];
    for error in errors {
        assert!(error.code().starts_with("token-"));
        assert!(!error.to_string().contains("eyJ"));
    }
    assert!(TokenError::KeysUnavailable.is_unavailable() && !TokenError::Expired.is_unavailable());
}
