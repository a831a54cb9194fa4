//! Pictures from prompts.
