//! Signatures: who made a plugin, as far as one who was there before can tell.
//!
//! A signature is one line of text, in a file `NAME.wasm.sig` beside `NAME.wasm`, or in the annotation
//! [`ANNOTATION`] of an artifact's manifest in a registry:
//!
//! ```text
//! aquatint-signature-1 ed25519:PUBLIC-KEY SIGNATURE
//! ```
//!
//! Both in Base64 with padding: 32 and 64 bytes. What is signed with Ed25519 (RFC 8032) is the text
//! `aquatint plugin signature 1`, a zero byte, and the 32 bytes of the component's SHA-256: the text keeps a signature
//! that was made for something else from meaning anything here.
//!
//! The key in the line proves nothing by itself. It is trusted on first use: the key that a plugin's first signed version
//! came with is remembered for its id, and from then on every version must be signed with it ([`Trust`]).

mod key;
mod ring;
mod signature;
mod trust;

pub use key::{InvalidKey, KeyId, PublicKey, SecretKey};
pub use ring::{KeyRing, NamedKey};
pub(super) use signature::LARGEST;
pub use signature::{ANNOTATION, InvalidSignature, Signature};
pub use trust::{KnownKey, Signer, Trust, TrustError, TrustFile};
