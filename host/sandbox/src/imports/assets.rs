use crate::bindings::interfaces::assets;
use crate::guest::{Guest, Refused, refuse};
use crate::problem::Problem;

impl assets::Host for Guest {
    fn names(&mut self) -> wasmtime::Result<Vec<String>> {
        self.count();
        Ok(self.assets.keys().cloned().collect())
    }

    fn read(&mut self, name: String) -> Result<Vec<u8>, Refused> {
        self.count();
        let Some(bytes) = self.assets.get(&name) else {
            return refuse(Problem::NotFound(format!(
                "no asset `{}`",
                crate::names::shown(&name)
            )));
        };
        self.check_transfer(bytes.len() as u64)?;
        Ok(bytes.clone())
    }
}
