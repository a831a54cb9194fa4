//! From the words of a prompt to the numbers that a text encoder takes.
//!
//! Prompts have the syntax of A1111's. What it means is decided in this order, each from what the one before left:
//!
//! | module | syntax | what it gives |
//! |---|---|---|
//! | [`composition`] | `a :1.2 AND b` | prompts that are drawn as one, with weights |
//! | [`schedule`] | `[from:to:when]`, `[a\|b]` | the text of each step |
//! | [`attention`] | `(a)`, `[a]`, `(a:1.3)`, `\(`, `BREAK` | pieces of text with weights |
//! | [`chunks`] | | tokens, as many at a time as an encoder takes |
//!
//! Every text is some prompt: brackets without a partner are text. [`embeddings`] has the words that files give a
//! meaning.

pub mod attention;
pub mod chunks;
pub mod composition;
pub mod embeddings;
mod emphasis;
pub mod schedule;
mod tokenizer;
mod words;

pub use emphasis::{Emphasis, UnknownEmphasis};
pub use tokenizer::{Tokenizer, Tokens};
