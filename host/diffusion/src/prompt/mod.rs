//! From the words of a prompt to the numbers that a text encoder takes.

mod tokenizer;

pub use tokenizer::{Tokenizer, Tokens};
