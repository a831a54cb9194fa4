//! The description of the API that the page's client is made from: written by the code that serves it.

use anyhow::Result;

use crate::shell::{self, cargo};

/// Writes `host/ui/openapi.json`. A test of the server fails where it is of another version.
pub(crate) fn write() -> Result<()> {
    let mut command = cargo(&[
        "test",
        "-p",
        "aquatint-server",
        "--lib",
        "the_description_in_the_page_is_that_of_the_code",
    ]);
    command.env("AQUATINT_WRITE_OPENAPI", "1");
    shell::run(&mut command)
}
