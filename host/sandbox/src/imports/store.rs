use crate::bindings::interfaces::store;
use crate::guest::{Guest, Refused, refuse};
use crate::problem::Problem;
use crate::shelf::Shelf;

/// Keys that are listed at once.
const MOST_LISTED: usize = 1_000;

impl Guest {
    fn shelf(&mut self) -> Result<&mut Shelf, Refused> {
        match &mut self.shelf {
            Some(shelf) => Ok(shelf),
            None => refuse(Problem::Unsupported("nothing is kept here".to_owned())),
        }
    }
}

impl store::Host for Guest {
    fn get(&mut self, key: String) -> Result<Option<Vec<u8>>, Refused> {
        self.count();
        let value = self.shelf()?.get(&key)?.map(<[u8]>::to_vec);
        self.check_transfer(value.as_ref().map_or(0, |value| value.len() as u64))?;
        Ok(value)
    }

    fn set(&mut self, key: String, value: Vec<u8>) -> Result<(), Refused> {
        self.count();
        Ok(self.shelf()?.set(&key, value)?)
    }

    fn remove(&mut self, key: String) -> Result<bool, Refused> {
        self.count();
        Ok(self.shelf()?.remove(&key)?)
    }

    fn keys(&mut self, prefix: String, after: Option<String>) -> wasmtime::Result<Vec<String>> {
        self.count();
        Ok(self.shelf.as_mut().map_or_else(Vec::new, |shelf| {
            shelf.keys(&prefix, after.as_deref(), MOST_LISTED)
        }))
    }

    fn usage(&mut self) -> wasmtime::Result<store::Room> {
        self.count();
        Ok(self
            .shelf
            .as_mut()
            .map_or(store::Room { used: 0, quota: 0 }, |shelf| store::Room {
                used: shelf.used(),
                quota: shelf.quota(),
            }))
    }
}
