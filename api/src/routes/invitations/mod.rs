//! Invitations, as those who hold one see them: without an account, by a token.

pub mod redeem;

use actix_web::web::ServiceConfig;
use daybook_domain::Sha256Hex;

/// Registers the routes.
pub fn configure(services: &mut ServiceConfig) {
    services.service(redeem::redeem_invitation);
}

/// What is kept of a token. It is 32 random bytes, so its hash needs no salt, and comparing hashes tells nobody who tries
/// tokens how near they are.
pub fn token_sha256(token: &str) -> Sha256Hex {
    Sha256Hex::of(&[b"daybook/invitation/v1\n\0", token.as_bytes()])
}
