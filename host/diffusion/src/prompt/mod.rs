//! From the words of a prompt to the numbers that a text encoder takes.
//!
//! Prompts have the syntax of A1111's. What it means is decided in this order, each from what the one before left:
//!
//! | module | syntax | what it gives |
//! |---|---|---|
//! | [`composition`] | `a :1.2 AND b` | prompts that are drawn as one, with weights |
//! | [`schedule`] | `[from:to:when]`, `[a\|b]` | the text of each step |
//! | [`attention`] | `(a)`, `[a]`, `(a:1.3)`, `\(`, `BREAK` | pieces of text with weights |
//!
//! Every text is some prompt: brackets without a partner are text.

pub mod attention;
pub mod composition;
pub mod schedule;
mod tokenizer;
mod words;

pub use tokenizer::{Tokenizer, Tokens};
