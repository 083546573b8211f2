//! A shortcut for development, tests and the demo: an issuer inside the process that signs whatever it is asked to. A
//! server that believes it believes anybody who can reach it; production mode, and any address beyond this machine, must
//! refuse it ([`TokenRules::is_development`]).

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::signature::Ed25519KeyPair;
use daybook_ledger::Clock;
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use crate::{Principal, TokenRules};

/// The development issuer could not make its key or sign with it.
#[derive(Debug, thiserror::Error)]
#[error("the development issuer cannot sign: {0}")]
pub struct DevelopmentError(&'static str);

/// Signs tokens for anybody. Its key lives as long as the seed is kept.
pub struct DevelopmentIssuer {
    key: EncodingKey,
    public: Jwk,
    kid: String,
    clock: Arc<dyn Clock>,
}

impl DevelopmentIssuer {
    /// `iss` of its tokens.
    pub const ISSUER: &'static str = "http://localhost/development";
    /// `aud` of its tokens.
    pub const AUDIENCE: &'static str = "daybook";

    /// An Ed25519 key from a seed, such as `ids.secret()`; servers that share a seed believe each other's tokens.
    pub fn new(seed: [u8; 32], clock: Arc<dyn Clock>) -> Result<Self, DevelopmentError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| DevelopmentError("no key from this seed"))?;
        let document = pair.to_pkcs8v1().map_err(|_| DevelopmentError("the key has no PKCS#8 form"))?;
        let key = EncodingKey::from_ed_der(document.as_ref());
        let mut public = Jwk::from_encoding_key(&key, Algorithm::EdDSA)
            .map_err(|_| DevelopmentError("the key has no public form"))?;
        let kid =
            public.thumbprint(ThumbprintHash::SHA256).map_err(|_| DevelopmentError("the key has no thumbprint"))?;
        public.common.key_id = Some(kid.clone());
        Ok(Self { key, public, kid, clock })
    }

    /// Its public key.
    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: vec![self.public.clone()] }
    }

    /// Rules that believe it, and nobody else. Its programs may act as `system`.
    pub fn rules() -> TokenRules {
        TokenRules {
            algorithms: vec![Algorithm::EdDSA],
            system_subjects: vec!["system:demo".into()],
            ..TokenRules::new(Self::ISSUER, Self::AUDIENCE)
        }
    }

    /// A token for this principal, valid for a while. Its session follows from the principal's but is not the same: the
    /// verifier derives it. Claims a second factor that nobody used.
    pub fn issue(&self, principal: &Principal, valid_for: Duration) -> Result<String, DevelopmentError> {
        let now = self.clock.now().timestamp();
        let claims = json!({
            "iss": Self::ISSUER,
            "aud": Self::AUDIENCE,
            "sub": principal.subject,
            "sid": principal.session,
            "iat": now,
            "exp": now.saturating_add_unsigned(valid_for.as_secs()),
            "amr": ["mfa"],
            "daybook": { "clinic": principal.clinic, "role": principal.role, "person": principal.person },
        });
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &self.key).map_err(|_| DevelopmentError("signing failed"))
    }
}

/// Never prints the key.
impl std::fmt::Debug for DevelopmentIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevelopmentIssuer").field("kid", &self.kid).finish_non_exhaustive()
    }
}
