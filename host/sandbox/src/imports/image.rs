use wasmtime::component::Resource;

use crate::bindings::interfaces::image as wit;
use crate::bindings::interfaces::types;
use crate::guest::{Guest, HeldPicture, Refused, refuse};
use crate::pixels::{Area, Blend, Filter, Picture, PixelFormat, Size};
use crate::problem::Problem;

/// Pictures that a call may name.
const MOST_NAMES: usize = 1_024;

impl From<types::Size> for Size {
    fn from(size: types::Size) -> Self {
        Self {
            width: size.width,
            height: size.height,
        }
    }
}

impl From<Size> for types::Size {
    fn from(size: Size) -> Self {
        Self {
            width: size.width,
            height: size.height,
        }
    }
}

impl From<types::Area> for Area {
    fn from(area: types::Area) -> Self {
        Self {
            x: area.x,
            y: area.y,
            width: area.width,
            height: area.height,
        }
    }
}

impl From<wit::PixelFormat> for PixelFormat {
    fn from(format: wit::PixelFormat) -> Self {
        match format {
            wit::PixelFormat::Rgb8 => Self::Rgb8,
            wit::PixelFormat::Rgba8 => Self::Rgba8,
            wit::PixelFormat::Gray8 => Self::Gray8,
            wit::PixelFormat::RgbaF32 => Self::RgbaF32,
        }
    }
}

impl From<PixelFormat> for wit::PixelFormat {
    fn from(format: PixelFormat) -> Self {
        match format {
            PixelFormat::Rgb8 => Self::Rgb8,
            PixelFormat::Rgba8 => Self::Rgba8,
            PixelFormat::Gray8 => Self::Gray8,
            PixelFormat::RgbaF32 => Self::RgbaF32,
        }
    }
}

impl From<wit::Filter> for Filter {
    fn from(filter: wit::Filter) -> Self {
        match filter {
            wit::Filter::Nearest => Self::Nearest,
            wit::Filter::Bilinear => Self::Bilinear,
            wit::Filter::Bicubic => Self::Bicubic,
            wit::Filter::Lanczos3 => Self::Lanczos3,
        }
    }
}

impl From<wit::Blend> for Blend {
    fn from(blend: wit::Blend) -> Self {
        match blend {
            wit::Blend::Normal => Self::Normal,
            wit::Blend::Multiply => Self::Multiply,
            wit::Blend::Screen => Self::Screen,
            wit::Blend::Overlay => Self::Overlay,
            wit::Blend::Add => Self::Add,
        }
    }
}

impl Guest {
    /// A handle for a picture that was made.
    pub(crate) fn hold_picture(
        &mut self,
        picture: Picture,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.hold(picture.size().pixels(), picture)
    }

    /// A picture by the name that request, settings or `image.name` have for it.
    pub(crate) fn picture_named(&self, name: &str) -> Option<Picture> {
        let named = self.named.get(name).map(|held| &held.value);
        named.or_else(|| self.job.pictures.get(name)).cloned()
    }

    pub(super) fn picture(&self, handle: &Resource<HeldPicture>) -> Result<&Picture, Refused> {
        Ok(&self.table.get(handle)?.value)
    }

    /// Makes a picture out of another. Whether there is room is asked before it is made.
    fn derive(
        &mut self,
        handle: &Resource<HeldPicture>,
        size: Size,
        make: impl FnOnce(&Picture, &dyn Fn() -> bool) -> Result<Picture, Refused>,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.budget.check(size.pixels())?;
        let stopped = self.stopped();
        let made = make(self.picture(handle)?, &stopped)?;
        self.hold_picture(made)
    }

    /// Changes a picture in place. It is charged when it stops sharing its pixels with another.
    fn change_picture(
        &mut self,
        handle: &Resource<HeldPicture>,
        change: impl FnOnce(&mut Picture, &dyn Fn() -> bool) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let pixels = self.picture(handle)?.size().pixels();
        let stopped = self.stopped();
        change(self.changing(handle, pixels)?, &stopped)
    }

    /// Asked by what takes long: the engine cannot stop the host.
    fn stopped(&self) -> impl Fn() -> bool + 'static {
        let (deadline, stop) = (self.deadline.clone(), self.job.stop.clone());
        move || stop.is_set() || deadline.passed()
    }
}

impl wit::HostImage for Guest {
    fn create(
        &mut self,
        size: types::Size,
        format: wit::PixelFormat,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let size = Size::from(size);
        size.check()?;
        self.budget.check(size.pixels())?;
        let picture = Picture::new(size, format.into())?;
        self.hold_picture(picture)
    }

    fn decode(&mut self, file: Vec<u8>) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let picture = Picture::decode(&file, self.budget.left())?;
        self.hold_picture(picture)
    }

    fn size(&mut self, handle: Resource<HeldPicture>) -> wasmtime::Result<types::Size> {
        self.count();
        Ok(self.table.get(&handle)?.value.size().into())
    }

    fn format(&mut self, handle: Resource<HeldPicture>) -> wasmtime::Result<wit::PixelFormat> {
        self.count();
        Ok(self.table.get(&handle)?.value.format().into())
    }

    // The four that move pixels are linked by `pixels`, which shadows these.

    fn read(
        &mut self,
        handle: Resource<HeldPicture>,
        area: types::Area,
    ) -> Result<Vec<u8>, Refused> {
        Ok(self.read_pixels(&handle, Some(area.into()))?.to_vec())
    }

    fn read_all(&mut self, handle: Resource<HeldPicture>) -> Result<Vec<u8>, Refused> {
        Ok(self.read_pixels(&handle, None)?.to_vec())
    }

    fn write(
        &mut self,
        handle: Resource<HeldPicture>,
        area: types::Area,
        pixels: Vec<u8>,
    ) -> Result<(), Refused> {
        self.count();
        self.change_picture(&handle, |picture, _| {
            Ok(picture.write(area.into(), &pixels)?)
        })
    }

    fn write_all(&mut self, handle: Resource<HeldPicture>, pixels: Vec<u8>) -> Result<(), Refused> {
        self.count();
        self.change_picture(&handle, |picture, _| Ok(picture.write_all(&pixels)?))
    }

    fn clone(&mut self, handle: Resource<HeldPicture>) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let clone = self.table.get(&handle)?.shared();
        Ok(self.table.push(clone)?)
    }

    fn fill(
        &mut self,
        handle: Resource<HeldPicture>,
        area: types::Area,
        color: types::Color,
    ) -> Result<(), Refused> {
        self.count();
        self.change_picture(&handle, |picture, _| {
            Ok(picture.fill(area.into(), color.into())?)
        })
    }

    fn resize(
        &mut self,
        handle: Resource<HeldPicture>,
        size: types::Size,
        filter: wit::Filter,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let size = Size::from(size);
        size.check()?;
        self.derive(&handle, size, |picture, stopped| {
            Ok(picture.resize(size, filter.into(), stopped)?)
        })
    }

    fn crop(
        &mut self,
        handle: Resource<HeldPicture>,
        area: types::Area,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let area = Area::from(area);
        self.picture(&handle)?.check_area(area)?;
        let size = Size {
            width: area.width,
            height: area.height,
        };
        self.derive(&handle, size, |picture, _| Ok(picture.crop(area)?))
    }

    fn paste(
        &mut self,
        handle: Resource<HeldPicture>,
        source: Resource<HeldPicture>,
        x: i32,
        y: i32,
        opacity: f32,
        blend: wit::Blend,
    ) -> Result<(), Refused> {
        self.count();
        let source = self.picture(&source)?.clone();
        self.change_picture(&handle, |picture, stopped| {
            Ok(picture.paste(&source, x, y, opacity, blend.into(), stopped)?)
        })
    }

    fn mix(
        &mut self,
        handle: Resource<HeldPicture>,
        other: Resource<HeldPicture>,
        mask: Resource<HeldPicture>,
    ) -> Result<(), Refused> {
        self.count();
        let (other, mask) = (self.picture(&other)?.clone(), self.picture(&mask)?.clone());
        self.change_picture(&handle, |picture, stopped| {
            Ok(picture.mix(&other, &mask, stopped)?)
        })
    }

    fn blur(
        &mut self,
        handle: Resource<HeldPicture>,
        radius: f32,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let size = self.picture(&handle)?.size();
        self.derive(&handle, size, |picture, stopped| {
            Ok(picture.blur(radius, stopped)?)
        })
    }

    fn convert(
        &mut self,
        handle: Resource<HeldPicture>,
        format: wit::PixelFormat,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let size = self.picture(&handle)?.size();
        self.derive(&handle, size, |picture, _| {
            Ok(picture.convert(format.into()))
        })
    }

    fn encode(&mut self, handle: Resource<HeldPicture>) -> Result<Vec<u8>, Refused> {
        self.count();
        let file = self.picture(&handle)?.encode()?;
        self.check_transfer(file.len() as u64)?;
        Ok(file)
    }

    fn metadata(
        &mut self,
        handle: Resource<HeldPicture>,
    ) -> wasmtime::Result<Vec<(String, String)>> {
        self.count();
        Ok(self.table.get(&handle)?.value.metadata().to_vec())
    }

    fn set_metadata(
        &mut self,
        handle: Resource<HeldPicture>,
        key: String,
        text: Option<String>,
    ) -> Result<(), Refused> {
        self.count();
        let picture = &mut self.table.get_mut(&handle)?.value;
        Ok(picture.set_metadata(&key, text.as_deref())?)
    }

    fn name(&mut self, handle: Resource<HeldPicture>) -> Result<String, Refused> {
        self.count();
        let picture = self.picture(&handle)?.clone();
        let name = picture.content_name();
        if !self.named.contains_key(&name) {
            if self.named.len() >= MOST_NAMES {
                return refuse(Problem::Exhausted(format!(
                    "{MOST_NAMES} pictures are named, which is all there may be"
                )));
            }
            // It is kept until the call ends, so it counts until then.
            let charge = self.budget.take(picture.size().pixels())?;
            self.named
                .insert(name.clone(), HeldPicture::charged(picture, charge));
        }
        Ok(name)
    }

    fn drop(&mut self, handle: Resource<HeldPicture>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

impl wit::Host for Guest {
    fn open(&mut self, name: String) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let Some(picture) = self.picture_named(&name) else {
            return refuse(Problem::NotFound(format!(
                "no picture `{}`",
                crate::names::shown(&name)
            )));
        };
        Ok(self.table.push(HeldPicture::lent(picture))?)
    }
}
