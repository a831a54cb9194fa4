use tracing::Level;

use crate::bindings::interfaces::log;
use crate::guest::Guest;
use crate::logs::clean_line;

/// Details of one line, and bytes of each.
const MOST_FIELDS: usize = 16;
const LONGEST_FIELD: usize = 256;

impl log::Host for Guest {
    fn write(
        &mut self,
        level: log::Level,
        message: String,
        fields: Vec<(String, String)>,
    ) -> wasmtime::Result<()> {
        self.count();
        let level = match level {
            log::Level::Trace => Level::TRACE,
            log::Level::Debug => Level::DEBUG,
            log::Level::Info => Level::INFO,
            log::Level::Warn => Level::WARN,
            log::Level::Error => Level::ERROR,
        };
        let short = |text: &str| clean_line(text, LONGEST_FIELD);
        let fields = fields
            .iter()
            .take(MOST_FIELDS)
            .map(|(key, value)| (short(key), short(value)))
            .collect();
        self.log.write(level, &message, fields);
        Ok(())
    }
}
