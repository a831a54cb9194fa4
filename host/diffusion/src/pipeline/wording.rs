//! What a request says at each call of the model: which texts, and what each is worth.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Against, Conditioning, Error, Generation};
use crate::checkpoint::Checkpoint;
use crate::prompt::composition::compose;
use crate::prompt::schedule::{Schedule, Span};

/// The texts of a request, and when each is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Wording {
    /// The prompts that are drawn as one: at least one.
    pub positive: Vec<Saying>,
    /// What they are held against.
    pub negative: Opposite,
}

/// One of the prompts of a composition.
#[derive(Clone, Debug, PartialEq)]
pub struct Saying {
    /// How strongly it guides.
    pub weight: f32,
    /// Its texts.
    pub schedule: Schedule,
}

/// What guidance leads away from, as it changes.
#[derive(Clone, Debug, PartialEq)]
pub enum Opposite {
    /// There is no guidance.
    Nothing,
    /// Zeros in place of a text.
    Zeros,
    /// The negative prompt.
    Texts(Schedule),
}

/// The texts of a request, encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Texts {
    /// The prompts that are drawn as one.
    pub positive: Vec<Guide>,
    /// The negative prompt, where guidance needs it.
    pub negative: Option<Timeline>,
}

/// One of the prompts of a composition, encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Guide {
    /// How strongly it guides.
    pub weight: f32,
    /// What it says.
    pub timeline: Timeline,
}

/// What one prompt says at each call of the model. All of it is equally long.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    schedule: Schedule,
    /// One for each entry of the schedule.
    said: Vec<Arc<Conditioning>>,
}

impl Generation {
    /// How many calls of the model the schedules of prompts count: as many as there are steps, or twice as many for
    /// samplers that look twice.
    ///
    /// # Errors
    /// The sampler cannot do what is asked.
    pub fn calls(&self, checkpoint: &Checkpoint) -> Result<usize, Error> {
        let sampler = self.sampler.build(&self.setup(checkpoint))?;
        let whole = self.plan().whole.max(1);
        // A sampler may look once more or less than that at its ends.
        let each = (sampler.evaluations().len() + whole / 2) / whole;
        Ok(self.steps * each.max(1))
    }
}

impl Wording {
    /// What a request says.
    ///
    /// # Errors
    /// The sampler cannot do what is asked.
    pub fn of(generation: &Generation, checkpoint: &Checkpoint) -> Result<Self, Error> {
        let span = Span::first(generation.calls(checkpoint)?);
        Ok(Self::within(span, generation, checkpoint))
    }

    /// What a request says in some calls of the model.
    #[must_use]
    pub fn within(span: Span, generation: &Generation, checkpoint: &Checkpoint) -> Self {
        let positive = compose(&generation.prompt);
        Self {
            positive: positive
                .into_iter()
                .map(|part| Saying {
                    weight: part.weight,
                    schedule: Schedule::of(part.text, span),
                })
                .collect(),
            negative: match generation.against(checkpoint) {
                Against::Nothing => Opposite::Nothing,
                Against::Zeros => Opposite::Zeros,
                Against::Text(text) => Opposite::Texts(Schedule::of(text, span)),
            },
        }
    }

    /// Every text once, those of the prompt first.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        let negative = match &self.negative {
            Opposite::Texts(schedule) => Some(schedule),
            Opposite::Nothing | Opposite::Zeros => None,
        };
        let schedules = self.positive.iter().map(|saying| &saying.schedule);
        let mut texts: Vec<&str> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for entry in schedules.chain(negative).flat_map(Schedule::entries) {
            if known.insert(entry.text.as_str()) {
                texts.push(&entry.text);
            }
        }
        texts
    }

    /// Puts the encoded texts where they belong. `encode` is asked for each text once, and for the empty one where texts
    /// of one prompt have to be made equally long.
    ///
    /// # Errors
    /// Those of `encode`.
    pub fn assemble<E>(
        &self,
        mut encode: impl FnMut(&str) -> Result<Conditioning, E>,
    ) -> Result<Texts, E> {
        let mut known: HashMap<String, Arc<Conditioning>> = HashMap::new();
        let mut get = |text: &str| -> Result<Arc<Conditioning>, E> {
            if let Some(found) = known.get(text) {
                return Ok(found.clone());
            }
            let encoded = Arc::new(encode(text)?);
            known.insert(text.to_owned(), encoded.clone());
            Ok(encoded)
        };
        let mut positive = Vec::new();
        for saying in &self.positive {
            positive.push(Guide {
                weight: saying.weight,
                timeline: Timeline::of(&saying.schedule, &mut get)?,
            });
        }
        let negative = match &self.negative {
            Opposite::Nothing => None,
            Opposite::Zeros => positive.first().map(|guide| guide.timeline.zeros()),
            Opposite::Texts(schedule) => Some(Timeline::of(schedule, &mut get)?),
        };
        // Prompts that are drawn as one are told to the model at once.
        let longest = positive.iter().map(|guide| guide.timeline.tokens()).max();
        for guide in &mut positive {
            guide.timeline.stretch(longest.unwrap_or(0));
        }
        Ok(Texts { positive, negative })
    }
}

impl Texts {
    /// Whether everything is equally long, so that the model can be told all at once.
    pub(super) fn are_even(&self) -> bool {
        let positive = self.positive.iter().map(|guide| guide.timeline.tokens());
        let negative = self.negative.iter().map(Timeline::tokens);
        let all: Vec<usize> = positive.chain(negative).collect();
        all.windows(2).all(|pair| pair[0] == pair[1])
    }
}

impl Timeline {
    fn of<E>(
        schedule: &Schedule,
        get: &mut impl FnMut(&str) -> Result<Arc<Conditioning>, E>,
    ) -> Result<Self, E> {
        let mut said = Vec::new();
        for entry in schedule.entries() {
            said.push(get(&entry.text)?);
        }
        let longest = said.iter().map(|it| it.tokens).max().unwrap_or(0);
        if said.iter().any(|it| it.tokens < longest) {
            // A1111: texts of one prompt have as many chunks as the longest, the others being empty.
            let empty = get("")?;
            for it in said.iter_mut().filter(|it| it.tokens < longest) {
                *it = Arc::new(it.followed_by(&empty, longest));
            }
        }
        Ok(Self {
            schedule: schedule.clone(),
            said,
        })
    }

    /// As long, all zeros.
    fn zeros(&self) -> Self {
        let said = self.said.iter();
        Self {
            schedule: self.schedule.clone(),
            said: said
                .map(|it| Arc::new(Conditioning::zeros_like(it)))
                .collect(),
        }
    }

    /// What is said at a call, from 0.
    #[must_use]
    pub fn at(&self, call: usize) -> &Conditioning {
        &self.said[self.schedule.at(call)]
    }

    fn tokens(&self) -> usize {
        self.said.first().map_or(0, |it| it.tokens)
    }

    /// A1111: the last token is repeated.
    fn stretch(&mut self, tokens: usize) {
        for it in self.said.iter_mut().filter(|it| it.tokens < tokens) {
            let last = Conditioning {
                hidden: it.hidden[it.hidden.len() - it.channels..].to_vec(),
                tokens: 1,
                channels: it.channels,
                pooled: None,
            };
            *it = Arc::new(it.followed_by(&last, tokens));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saying(prompt: &str, calls: usize) -> Vec<Saying> {
        let parts = compose(prompt).into_iter();
        parts
            .map(|part| Saying {
                weight: part.weight,
                schedule: Schedule::of(part.text, Span::first(calls)),
            })
            .collect()
    }

    /// As many tokens as the text has letters, each its letter.
    fn encode(text: &str) -> Result<Conditioning, String> {
        if text.contains('!') {
            return Err(text.to_owned());
        }
        let letters: Vec<f32> = text.bytes().map(f32::from).collect();
        let hidden = if letters.is_empty() {
            vec![0.5]
        } else {
            letters
        };
        Ok(Conditioning {
            tokens: hidden.len(),
            hidden,
            channels: 1,
            pooled: Some(vec![text.len() as f32]),
        })
    }

    #[test]
    fn each_text_is_encoded_once_and_all_of_a_prompt_are_equally_long() {
        let wording = Wording {
            positive: saying("[a|bcd]:2 AND a", 3),
            negative: Opposite::Texts(Schedule::of("[a:a:1]", Span::first(3))),
        };
        assert_eq!(wording.texts(), ["a", "bcd", " a"]);
        let mut asked = Vec::new();
        let texts = wording
            .assemble(|text| {
                asked.push(text.to_owned());
                encode(text)
            })
            .expect("encoded");
        assert_eq!(asked, ["a", "bcd", "", " a"]);
        let hidden = |timeline: &Timeline, call| timeline.at(call).hidden.clone();
        let first = &texts.positive[0];
        assert_eq!(first.weight, 2.0);
        assert_eq!(hidden(&first.timeline, 0), [97.0, 0.5, 0.5]);
        assert_eq!(first.timeline.at(0).pooled, Some(vec![1.0]));
        assert_eq!(hidden(&first.timeline, 2), [98.0, 99.0, 100.0]);
        // Of another prompt of the composition: its last token goes on.
        assert_eq!(hidden(&texts.positive[1].timeline, 0), [32.0, 97.0, 97.0]);
        let negative = texts.negative.as_ref().expect("there");
        assert_eq!(hidden(negative, 2), [97.0]);
        assert!(!texts.are_even());
        let failed = Wording {
            positive: saying("[a|b!]", 3),
            negative: Opposite::Nothing,
        };
        assert_eq!(failed.assemble(encode), Err("b!".to_owned()));
    }

    #[test]
    fn zeros_are_as_long_as_the_prompt() {
        let wording = Wording {
            positive: saying("[a|bcd]", 2),
            negative: Opposite::Zeros,
        };
        let texts = wording.assemble(encode).expect("encoded");
        let zeros = texts.negative.as_ref().expect("there");
        assert_eq!(zeros.at(1).hidden, [0.0; 3]);
        assert_eq!(zeros.at(1).pooled, Some(vec![0.0]));
        assert!(texts.are_even());
    }
}
