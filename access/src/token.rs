//! From a bearer token to a principal: signature, issuer, audience, algorithm and time, and what the claims say.

use std::sync::Arc;

use daybook_ledger::Clock;
use jsonwebtoken::{Algorithm, AlgorithmFamily, Validation, decode, decode_header};

use crate::claims::Claims;
use crate::jwks::Keys;
use crate::{DevelopmentIssuer, KeySource, Principal};

/// A longer token is refused unread.
const LENGTH: usize = 16 * 1024;

/// What a token must say to be believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRules {
    /// `iss`, exactly.
    pub issuer: String,
    /// Must be among `aud`.
    pub audience: String,
    /// Signature algorithms believed; symmetric ones never are, even if listed.
    pub algorithms: Vec<Algorithm>,
    /// How far the issuer's clock may be off.
    pub leeway_seconds: u64,
    /// Values of `acr` that mean a second factor was used, besides `amr` naming one.
    pub second_factor_acr: Vec<String>,
    /// Subjects of service accounts that may act in the role `system`. Nobody else may.
    pub system_subjects: Vec<String>,
    /// Name of the claim with clinic, role and person. Some providers ask for a name that is a URL.
    pub claim: String,
}

impl TokenRules {
    /// ES256, RS256 and EdDSA, 30 seconds of leeway, the claim `daybook`, no service accounts.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            algorithms: vec![Algorithm::ES256, Algorithm::RS256, Algorithm::EdDSA],
            leeway_seconds: 30,
            second_factor_acr: Vec::new(),
            system_subjects: Vec::new(),
            claim: "daybook".into(),
        }
    }

    /// Whether they believe the built-in development issuer. Production refuses such rules.
    pub fn is_development(&self) -> bool {
        self.issuer == DevelopmentIssuer::ISSUER
    }
}

/// Why a token is not believed. Never says what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("there is no token")]
    Missing,
    #[error("the token is not a signed JSON web token")]
    Malformed,
    #[error("the token is signed with an algorithm that is not accepted")]
    WrongAlgorithm,
    #[error("the token does not name its key")]
    NoKeyId,
    #[error("the token's key is not one of the issuer's")]
    UnknownKey,
    #[error("the issuer's keys cannot be fetched")]
    KeysUnavailable,
    #[error("the token's signature is wrong")]
    WrongSignature,
    #[error("the token is from another issuer")]
    WrongIssuer,
    #[error("the token is for another audience")]
    WrongAudience,
    #[error("the token has expired")]
    Expired,
    #[error("the token is not valid yet")]
    NotYetValid,
    #[error("the token lacks a claim, or has it in another form")]
    ClaimMissing,
    #[error("the token names a role that does not exist or is not open to its subject")]
    UnknownRole,
    #[error("the token does not say which patient or provider its subject is")]
    NoPerson,
    #[error("a second factor is required of staff")]
    NoSecondFactor,
}

impl TokenError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            TokenError::Missing => "token-missing",
            TokenError::Malformed => "token-malformed",
            TokenError::WrongAlgorithm => "token-wrong-algorithm",
            TokenError::NoKeyId => "token-without-key-id",
            TokenError::UnknownKey => "token-unknown-key",
            TokenError::KeysUnavailable => "token-keys-unavailable",
            TokenError::WrongSignature => "token-wrong-signature",
            TokenError::WrongIssuer => "token-wrong-issuer",
            TokenError::WrongAudience => "token-wrong-audience",
            TokenError::Expired => "token-expired",
            TokenError::NotYetValid => "token-not-yet-valid",
            TokenError::ClaimMissing => "token-claim-missing",
            TokenError::UnknownRole => "token-unknown-role",
            TokenError::NoPerson => "token-without-person",
            TokenError::NoSecondFactor => "token-second-factor-required",
        }
    }

    /// Whether it is our trouble rather than the token's: the caller may try again (503 rather than 401).
    pub fn is_unavailable(&self) -> bool {
        matches!(self, TokenError::KeysUnavailable)
    }
}

/// Verifies one issuer's tokens.
pub struct TokenVerifier {
    rules: TokenRules,
    keys: Keys,
    clock: Arc<dyn Clock>,
}

impl TokenVerifier {
    /// `http` fetches the keys where the source is a URL; it should follow no redirects.
    pub fn new(rules: TokenRules, source: KeySource, http: reqwest::Client, clock: Arc<dyn Clock>) -> Self {
        Self { rules, keys: Keys::new(source, http, clock.clone()), clock }
    }

    /// The rules.
    pub fn rules(&self) -> &TokenRules {
        &self.rules
    }

    /// Who this token speaks for.
    pub async fn verify(&self, token: &str) -> Result<Principal, TokenError> {
        if token.is_empty() {
            return Err(TokenError::Missing);
        }
        if token.len() > LENGTH {
            return Err(TokenError::Malformed);
        }
        let header = decode_header(token).map_err(|_| TokenError::Malformed)?;
        // RFC 7515 section 4.1.11: an extension one does not know must be refused, and Daybook knows none.
        if header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        if !self.accepts(header.alg) {
            return Err(TokenError::WrongAlgorithm);
        }
        let kid = header.kid.ok_or(TokenError::NoKeyId)?;
        let key = self.keys.find(&kid, header.alg).await?;
        let claims =
            decode::<Claims>(token, &key, &signature_only(header.alg)).map_err(|error| failure(&error))?.claims;
        claims.principal(&self.rules, self.clock.now().timestamp())
    }

    fn accepts(&self, algorithm: Algorithm) -> bool {
        algorithm.family() != AlgorithmFamily::Hmac && self.rules.algorithms.contains(&algorithm)
    }
}

/// The library checks the signature; the claims are checked here, by Daybook's clock.
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

fn failure(error: &jsonwebtoken::errors::Error) -> TokenError {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidAlgorithm => TokenError::WrongAlgorithm,
        ErrorKind::Json(_) | ErrorKind::Utf8(_) => TokenError::Malformed,
        _ => TokenError::WrongSignature,
    }
}
