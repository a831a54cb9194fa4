//! The only build script.
fn main() {}
