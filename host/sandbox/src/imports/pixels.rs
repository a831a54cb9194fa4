//! Moving pixels between a picture and a plugin's memory. Linked by hand: the generated functions take and give lists of
//! their own, and pixels would be copied into those and out again.

use bytes::Bytes;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, WasmList};

use crate::bindings::interfaces::types::{self, Host as _, Problem};
use crate::contract;
use crate::guest::{Guest, HeldPicture, Refused};
use crate::pixels::{Area, Picture};

/// What the contract has for `result<T, problem>`.
type Answer<T> = wasmtime::Result<(Result<T, Problem>,)>;
type Handle = Resource<HeldPicture>;

/// Takes the place of the four functions that move pixels, in a linker that has `image` already.
pub(crate) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    let name = format!("{}/image@{}", contract::PACKAGE, contract::VERSION);
    let mut image = linker.instance(&name)?;
    image.func_wrap(
        "[method]image.read-all",
        |mut store: StoreContextMut<'_, Guest>, (handle,): (Handle,)| {
            let guest = store.data_mut();
            let pixels = guest.read_pixels(&handle, None);
            guest.answer(pixels)
        },
    )?;
    image.func_wrap(
        "[method]image.read",
        |mut store: StoreContextMut<'_, Guest>, (handle, area): (Handle, types::Area)| {
            let guest = store.data_mut();
            let pixels = guest.read_pixels(&handle, Some(area.into()));
            guest.answer(pixels)
        },
    )?;
    image.func_wrap(
        "[method]image.write-all",
        |store: StoreContextMut<'_, Guest>, (handle, pixels): (Handle, WasmList<u8>)| {
            write(store, &handle, None, &pixels)
        },
    )?;
    image.func_wrap(
        "[method]image.write",
        |store: StoreContextMut<'_, Guest>,
         (handle, area, pixels): (Handle, types::Area, WasmList<u8>)| {
            write(store, &handle, Some(area.into()), &pixels)
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// From the plugin's memory into the picture: of a window, or of all of it.
fn write(
    mut store: StoreContextMut<'_, Guest>,
    handle: &Handle,
    area: Option<Area>,
    pixels: &WasmList<u8>,
) -> Answer<()> {
    // Nothing can be borrowed from the store while its memory is read, so the picture is taken out of it.
    let taken = store.data_mut().take_picture(handle);
    let written = taken.and_then(|mut picture| {
        let source = pixels.as_le_slice(&store);
        let written = match area {
            Some(area) => picture.write(area, source),
            None => picture.write_all(source),
        };
        store.data_mut().put_picture(handle, picture)?;
        Ok(written?)
    });
    store.data_mut().answer(written)
}

impl Guest {
    /// The pixels of a window, or all of them.
    pub(super) fn read_pixels(
        &mut self,
        handle: &Handle,
        area: Option<Area>,
    ) -> Result<Bytes, Refused> {
        self.count();
        let picture = self.picture(handle)?;
        let Some(area) = area else {
            self.check_transfer(picture.pixels().len() as u64)?;
            return Ok(picture.share());
        };
        let bytes = u64::from(area.width)
            .saturating_mul(u64::from(area.height))
            .saturating_mul(picture.format().bytes_per_pixel() as u64);
        picture.check_area(area)?;
        self.check_transfer(bytes)?;
        Ok(picture.share_window(area)?)
    }

    /// Takes a picture that is about to be changed. It must be put back.
    fn take_picture(&mut self, handle: &Handle) -> Result<Picture, Refused> {
        self.count();
        let pixels = self.picture(handle)?.size().pixels();
        Ok(self.changing(handle, pixels)?.take())
    }

    fn put_picture(&mut self, handle: &Handle, picture: Picture) -> Result<(), Refused> {
        self.table.get_mut(handle)?.value = picture;
        Ok(())
    }

    fn answer<T>(&mut self, result: Result<T, Refused>) -> Answer<T> {
        Ok((match result {
            Ok(value) => Ok(value),
            Err(refused) => Err(self.convert_problem(refused)?),
        },))
    }
}
