use super::Color;

/// What a setting may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Yes or no.
    Flag {
        /// If nothing is given.
        default: bool,
    },
    /// A whole number.
    Int {
        /// The least.
        min: Option<i64>,
        /// The most.
        max: Option<i64>,
        /// What a slider moves by; values between are fine.
        step: Option<i64>,
        /// What it counts, for people: `px`.
        unit: Option<String>,
        /// If nothing is given.
        default: i64,
    },
    /// A number.
    Number {
        /// The least.
        min: Option<f64>,
        /// The most.
        max: Option<f64>,
        /// What a slider moves by; values between are fine.
        step: Option<f64>,
        /// What it counts, for people: `°`.
        unit: Option<String>,
        /// If nothing is given.
        default: f64,
    },
    /// A text.
    Text {
        /// The longest, in characters.
        max: usize,
        /// Whether it may have several lines.
        multiline: bool,
        /// If nothing is given.
        default: String,
    },
    /// One of several values.
    Choice {
        /// Which.
        options: Vec<Choice>,
        /// If nothing is given.
        default: String,
    },
    /// A colour.
    Color {
        /// If nothing is given.
        default: Color,
    },
    /// A picture; there is none if none is given.
    Image,
    /// A seed; the job's own if none is given.
    Seed {
        /// If nothing is given.
        default: Option<u64>,
    },
    /// Several values of one kind.
    List {
        /// What each is.
        of: Item,
        /// How many there may be.
        items: usize,
        /// If nothing is given.
        default: super::Value,
    },
}

/// What the values of a list may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Texts.
    Text {
        /// The longest, in characters.
        max: usize,
    },
    /// Whole numbers.
    Int {
        /// The least.
        min: Option<i64>,
        /// The most.
        max: Option<i64>,
    },
    /// Numbers.
    Number {
        /// The least.
        min: Option<f64>,
        /// The most.
        max: Option<f64>,
    },
    /// Values out of several.
    Choice {
        /// Which.
        options: Vec<Choice>,
    },
}

/// One of the values of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is written and passed to the plugin.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl Kind {
    /// The name in manifests.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Flag { .. } => "flag",
            Self::Int { .. } => "int",
            Self::Number { .. } => "number",
            Self::Text { .. } => "text",
            Self::Choice { .. } => "choice",
            Self::Color { .. } => "color",
            Self::Image => "image",
            Self::Seed { .. } => "seed",
            Self::List { .. } => "list",
        }
    }

    /// What a value must be, for messages.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Flag { .. } => "true or false".to_owned(),
            Self::Int { min, max, .. } => format!("a whole number{}", range(*min, *max)),
            Self::Number { min, max, .. } => format!("a number{}", range(*min, *max)),
            Self::Text {
                max,
                multiline: false,
                ..
            } => format!("a line of at most {max} characters"),
            Self::Text { max, .. } => format!("a text of at most {max} characters"),
            Self::Choice { options, .. } => format!("one of {}", listed(options)),
            Self::Color { .. } => "a color such as #ff8800 or #ff880080".to_owned(),
            Self::Image => "a picture".to_owned(),
            Self::Seed { .. } => format!("a whole number from 0 to {}", u64::MAX),
            Self::List { of, items, .. } => {
                format!("a list of at most {items} items, each {}", of.expected())
            }
        }
    }
}

impl Item {
    /// The name in manifests.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Int { .. } => "int",
            Self::Number { .. } => "number",
            Self::Choice { .. } => "choice",
        }
    }

    /// What a value must be, for messages.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Text { max } => format!("a line of at most {max} characters"),
            Self::Int { min, max } => format!("a whole number{}", range(*min, *max)),
            Self::Number { min, max } => format!("a number{}", range(*min, *max)),
            Self::Choice { options } => format!("one of {}", listed(options)),
        }
    }
}

fn range<T: std::fmt::Display>(min: Option<T>, max: Option<T>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        (Some(min), None) => format!(" of at least {min}"),
        (None, Some(max)) => format!(" of at most {max}"),
        (None, None) => String::new(),
    }
}

fn listed(options: &[Choice]) -> String {
    let values: Vec<_> = options.iter().map(|option| option.value.as_str()).collect();
    values.join(", ")
}
