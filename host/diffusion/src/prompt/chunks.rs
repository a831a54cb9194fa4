//! Tokens, as many at a time as an encoder takes: 75, and begin and end.
//!
//! A text goes on in the next chunk where one is full; if a comma is at most 20 tokens back, all after it goes along, so
//! that what belongs together stays together. `BREAK` ends a chunk wherever it stands. All of it is as in A1111.

use std::collections::HashMap;

use super::attention::{Piece, weigh};
use super::composition::compose;
use super::schedule::{Schedule, Span};
use super::{Emphasis, Tokenizer};
use crate::checkpoint::CheckpointError;

/// How many chunks a text may have. More is no prompt any more: each costs a run of the encoder, and makes every step slower.
pub const MOST: usize = 64;
/// How far back a comma may be for what follows it to go along.
const BACKTRACK: usize = 20;

/// What an encoder is given at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    /// Begin, tokens, end, padding.
    pub ids: Vec<u32>,
    /// The weight of each.
    pub weights: Vec<f32>,
    /// Where embeddings are: the place of the first vector, and which of the given ones. Tokens there mean nothing.
    pub embeddings: Vec<(usize, usize)>,
}

/// A text in chunks.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunks {
    /// At least one.
    pub chunks: Vec<Chunk>,
    /// Tokens up to the last one of the text.
    pub count: usize,
    /// Tokens that there is room for in as many chunks.
    pub limit: usize,
}

/// A name that stands for vectors of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The tokens of the name.
    pub ids: Vec<u32>,
    /// How many vectors it stands for.
    pub vectors: usize,
}

/// Why a text has no chunks.
#[derive(Debug, thiserror::Error)]
pub enum ChunkError {
    /// The tokenizer.
    #[error(transparent)]
    Tokenizer(#[from] CheckpointError),
    /// There are too many of them.
    #[error("it has more than {MOST} chunks, of up to {room} tokens each")]
    TooLong {
        /// Tokens of one chunk.
        room: usize,
    },
}

impl Chunks {
    /// The chunks of a text in which nothing changes any more. `names` are looked for from the longest to the shortest.
    ///
    /// # Errors
    /// The text has more than [`MOST`] chunks; the tokenizer fails.
    pub fn of(
        text: &str,
        tokenizer: &Tokenizer,
        emphasis: Emphasis,
        names: &[Named],
    ) -> Result<Self, ChunkError> {
        let pieces = match emphasis {
            Emphasis::None => vec![Piece::Text {
                text: text.to_owned(),
                weight: 1.0,
            }],
            _ => weigh(text),
        };
        let room = tokenizer.length().saturating_sub(2);
        if room == 0 {
            return Err(ChunkError::TooLong { room });
        }
        let mut starts: HashMap<u32, Vec<usize>> = HashMap::new();
        for (index, named) in names.iter().enumerate() {
            // One that no chunk has room for is words.
            if let Some(first) = named.ids.first().filter(|_| named.vectors <= room) {
                starts.entry(*first).or_default().push(index);
            }
        }
        for indices in starts.values_mut() {
            indices.sort_by_key(|index| std::cmp::Reverse(names[*index].ids.len()));
        }
        let mut writer = Writer {
            tokenizer,
            room,
            chunk: Chunk::default(),
            chunks: Vec::new(),
            count: 0,
            comma: None,
        };
        for piece in pieces {
            let (text, weight) = match piece {
                Piece::Break => {
                    writer.next(false)?;
                    continue;
                }
                Piece::Text { text, weight } => (text, weight),
            };
            let tokens = tokenizer.words(&text)?;
            let mut at = 0;
            while let Some(token) = tokens.get(at) {
                writer.make_room(*token)?;
                let rest = &tokens[at..];
                let named = starts
                    .get(token)
                    .into_iter()
                    .flatten()
                    .find(|index| rest.starts_with(&names[**index].ids));
                match named {
                    None => {
                        writer.push(*token, weight);
                        at += 1;
                    }
                    Some(index) => {
                        writer.embed(*index, names[*index].vectors, weight)?;
                        at += names[*index].ids.len();
                    }
                }
            }
        }
        if !writer.chunk.ids.is_empty() || writer.chunks.is_empty() {
            writer.next(true)?;
        }
        Ok(Self {
            limit: writer.chunks.len() * room,
            chunks: writer.chunks,
            count: writer.count,
        })
    }

    /// The chunks of the longest text that a prompt comes to, as counters of tokens show it.
    ///
    /// # Errors
    /// As [`Chunks::of`].
    pub fn longest(
        prompt: &str,
        tokenizer: &Tokenizer,
        emphasis: Emphasis,
        names: &[Named],
    ) -> Result<Self, ChunkError> {
        // Alternatives beyond so many are not looked at: people have fewer steps.
        const CALLS: usize = 20;
        let mut longest: Option<Self> = None;
        for part in compose(prompt) {
            let schedule = Schedule::of(part.text, Span::first(CALLS));
            let mut last = None;
            for entry in schedule.entries() {
                if last == Some(&entry.text) {
                    continue;
                }
                last = Some(&entry.text);
                let chunks = Self::of(&entry.text, tokenizer, emphasis, names)?;
                if longest.as_ref().is_none_or(|it| it.count < chunks.count) {
                    longest = Some(chunks);
                }
            }
        }
        match longest {
            Some(longest) => Ok(longest),
            None => Self::of("", tokenizer, emphasis, names),
        }
    }

    /// Which of the given names are in the text, in the order of the list.
    #[must_use]
    pub fn used(&self) -> Vec<usize> {
        let all = self.chunks.iter().flat_map(|chunk| &chunk.embeddings);
        let mut used: Vec<usize> = all.map(|(_, index)| *index).collect();
        used.sort_unstable();
        used.dedup();
        used
    }
}

struct Writer<'t> {
    tokenizer: &'t Tokenizer,
    room: usize,
    /// Being filled, without begin and end.
    chunk: Chunk,
    chunks: Vec<Chunk>,
    count: usize,
    /// Where the last comma of this chunk is.
    comma: Option<usize>,
}

impl Writer<'_> {
    fn push(&mut self, token: u32, weight: f32) {
        self.chunk.ids.push(token);
        self.chunk.weights.push(weight);
    }

    fn embed(&mut self, index: usize, vectors: usize, weight: f32) -> Result<(), ChunkError> {
        if self.chunk.ids.len() + vectors > self.room {
            self.next(false)?;
        }
        // After the token that begins.
        self.chunk
            .embeddings
            .push((self.chunk.ids.len() + 1, index));
        for _ in 0..vectors {
            self.push(0, weight);
        }
        Ok(())
    }

    /// Begins a new chunk if this one has no room for a token.
    fn make_room(&mut self, token: u32) -> Result<(), ChunkError> {
        let length = self.chunk.ids.len();
        if Some(token) == self.tokenizer.comma() {
            self.comma = Some(length);
        } else if let Some(comma) = self.comma
            && length == self.room
            && length - comma <= BACKTRACK
        {
            let after = comma + 1;
            let embedded = self.chunk.embeddings.iter();
            let kept = embedded.take_while(|(place, _)| *place <= after).count();
            let moved = Chunk {
                ids: self.chunk.ids.split_off(after),
                weights: self.chunk.weights.split_off(after),
                embeddings: self
                    .chunk
                    .embeddings
                    .split_off(kept)
                    .into_iter()
                    .map(|(place, index)| (place - after, index))
                    .collect(),
            };
            self.next(false)?;
            self.chunk = moved;
        }
        if self.chunk.ids.len() == self.room {
            self.next(false)?;
        }
        Ok(())
    }

    /// Ends the chunk and begins another. The last one counts as many tokens as it has.
    fn next(&mut self, is_last: bool) -> Result<(), ChunkError> {
        if self.chunks.len() == MOST {
            return Err(ChunkError::TooLong { room: self.room });
        }
        let Chunk {
            mut ids,
            mut weights,
            embeddings,
        } = std::mem::take(&mut self.chunk);
        self.count += if is_last { ids.len() } else { self.room };
        ids.insert(0, self.tokenizer.bos());
        ids.push(self.tokenizer.eos());
        ids.resize(self.room + 2, self.tokenizer.pad());
        weights.insert(0, 1.0);
        weights.resize(self.room + 2, 1.0);
        self.chunks.push(Chunk {
            ids,
            weights,
            embeddings,
        });
        self.comma = None;
        Ok(())
    }
}

#[cfg(test)]
#[path = "chunks_tests.rs"]
mod tests;
