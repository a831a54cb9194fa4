//! Plugins in all languages, from their sources, by the compilers that authors have.

mod refused;
mod same;
mod support;
