use std::sync::Arc;

use wasmtime::component::Resource;

use crate::bindings::interfaces::inference as wit;
use crate::guest::{Guest, HeldGraph, HeldPicture, HeldTensor, RawTensor, Refused, away, refuse};
use crate::pixels::{Picture, PixelFormat};
use crate::problem::Problem;
use crate::services::{Data, Element, ModelSource};
use crate::tensor::Tensor;

impl From<wit::TensorType> for Element {
    fn from(element: wit::TensorType) -> Self {
        match element {
            wit::TensorType::Fp16 => Self::F16,
            wit::TensorType::Fp32 => Self::F32,
            wit::TensorType::Fp64 => Self::F64,
            wit::TensorType::Bf16 => Self::Bf16,
            wit::TensorType::U8 => Self::U8,
            wit::TensorType::I32 => Self::I32,
            wit::TensorType::I64 => Self::I64,
        }
    }
}

impl From<Element> for wit::TensorType {
    fn from(element: Element) -> Self {
        match element {
            Element::F16 => Self::Fp16,
            Element::F32 => Self::Fp32,
            Element::F64 => Self::Fp64,
            Element::Bf16 => Self::Bf16,
            Element::U8 => Self::U8,
            Element::I32 => Self::I32,
            Element::I64 => Self::I64,
        }
    }
}

fn invalid<T>(reason: String) -> Result<T, Refused> {
    refuse(Problem::InvalidInput(reason))
}

impl Guest {
    /// Four bytes count as one pixel.
    fn hold_data(&mut self, data: Data) -> Result<Resource<RawTensor>, Refused> {
        self.hold((data.bytes.len() as u64).div_ceil(4), data)
    }

    fn floats(&self, tensor: &Resource<RawTensor>) -> Result<(Vec<u32>, Vec<f32>), Refused> {
        let data = &self.table.get(tensor)?.value;
        if data.element != Element::F32 {
            return invalid(format!(
                "a tensor of {:?}, expected one of F32",
                data.element
            ));
        }
        let floats = data
            .bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes));
        Ok((data.dimensions.clone(), floats.collect()))
    }

    /// Runs something that takes long on a thread of its own, while the plugin's clock stands still.
    async fn away<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Refused> {
        let answer = away::begin("aquatint-model", work)?;
        let _paused = self.deadline.pause();
        away::end(answer, "the model broke").await
    }
}

fn little_endian(floats: impl IntoIterator<Item = f32>) -> Arc<Vec<u8>> {
    Arc::new(floats.into_iter().flat_map(f32::to_le_bytes).collect())
}

impl wit::HostTensor for Guest {
    fn create(
        &mut self,
        dimensions: Vec<u32>,
        element: wit::TensorType,
        data: Vec<u8>,
    ) -> Result<Resource<RawTensor>, Refused> {
        self.count();
        let element = Element::from(element);
        let expected = dimensions
            .iter()
            .try_fold(element.bytes() as u64, |all, side| {
                all.checked_mul(u64::from(*side))
            });
        if expected != Some(data.len() as u64) || dimensions.len() > 16 {
            return invalid(format!(
                "{} bytes for a tensor {dimensions:?} of {element:?}, expected the product times {}",
                data.len(),
                element.bytes()
            ));
        }
        self.hold_data(Data {
            dimensions,
            element,
            bytes: Arc::new(data),
        })
    }

    fn of_image(
        &mut self,
        picture: Resource<HeldPicture>,
        order: wit::ChannelOrder,
        scale: f32,
        offset: f32,
    ) -> Result<Resource<RawTensor>, Refused> {
        self.count();
        if !scale.is_finite() || !offset.is_finite() {
            return invalid(format!(
                "scale {scale} and offset {offset}, expected numbers"
            ));
        }
        let picture = self.table.get(&picture)?.value.clone();
        let size = picture.size();
        // Asked before anything is made.
        self.budget.check(size.pixels() * 3)?;
        let picture = picture.convert(PixelFormat::RgbaF32);
        let colors = picture.pixels().as_chunks::<16>().0;
        let read = |pixel: &[u8; 16], channel: usize| {
            let at = channel * 4;
            let bytes = [pixel[at], pixel[at + 1], pixel[at + 2], pixel[at + 3]];
            scale * f32::from_le_bytes(bytes) + offset
        };
        let (dimensions, bytes) = match order {
            wit::ChannelOrder::Planes => (
                vec![1, 3, size.height, size.width],
                little_endian(
                    (0..3).flat_map(|channel| colors.iter().map(move |pixel| read(pixel, channel))),
                ),
            ),
            wit::ChannelOrder::Pixels => (
                vec![1, size.height, size.width, 3],
                little_endian(
                    colors
                        .iter()
                        .flat_map(|pixel| (0..3).map(move |channel| read(pixel, channel))),
                ),
            ),
        };
        self.hold_data(Data {
            dimensions,
            element: Element::F32,
            bytes,
        })
    }

    fn of_latents(
        &mut self,
        latents: Resource<HeldTensor>,
    ) -> Result<Resource<RawTensor>, Refused> {
        self.count();
        let tensor = &self.table.get(&latents)?.value;
        let data = Data {
            dimensions: tensor.shape().to_vec(),
            element: Element::F32,
            bytes: little_endian(tensor.numbers().iter().copied()),
        };
        self.hold_data(data)
    }

    fn dimensions(&mut self, tensor: Resource<RawTensor>) -> wasmtime::Result<Vec<u32>> {
        self.count();
        Ok(self.table.get(&tensor)?.value.dimensions.clone())
    }

    fn element(&mut self, tensor: Resource<RawTensor>) -> wasmtime::Result<wit::TensorType> {
        self.count();
        Ok(self.table.get(&tensor)?.value.element.into())
    }

    fn data(&mut self, tensor: Resource<RawTensor>) -> Result<Vec<u8>, Refused> {
        self.count();
        let bytes = self.table.get(&tensor)?.value.bytes.clone();
        self.check_transfer(bytes.len() as u64)?;
        Ok(bytes.to_vec())
    }

    fn to_image(
        &mut self,
        tensor: Resource<RawTensor>,
        order: wit::ChannelOrder,
        scale: f32,
        offset: f32,
    ) -> Result<Resource<HeldPicture>, Refused> {
        self.count();
        let (dimensions, floats) = self.floats(&tensor)?;
        let (channels, height, width) = match (order, dimensions.as_slice()) {
            (wit::ChannelOrder::Planes, [1, channels, height, width])
            | (wit::ChannelOrder::Pixels, [1, height, width, channels])
                if matches!(channels, 1 | 3) =>
            {
                (*channels, *height, *width)
            }
            _ => {
                return invalid(format!(
                    "a tensor {dimensions:?}, expected [1, 3, height, width] for planes or [1, height, width, 3] for pixels, 1 in place of 3 for grey"
                ));
            }
        };
        let count = channels as usize;
        let plane = floats.len() / count.max(1);
        let byte = |value: f32| {
            let value = scale * value + offset;
            // Not a number becomes 0.
            (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
        };
        let pixels: Vec<u8> = match order {
            wit::ChannelOrder::Pixels => floats.iter().map(|value| byte(*value)).collect(),
            wit::ChannelOrder::Planes => (0..plane)
                .flat_map(|at| (0..count).map(move |channel| channel * plane + at))
                .map(|at| byte(floats[at]))
                .collect(),
        };
        let format = if channels == 1 {
            PixelFormat::Gray8
        } else {
            PixelFormat::Rgb8
        };
        let picture = Picture::from_pixels(crate::pixels::Size { width, height }, format, pixels)?;
        self.hold_picture(picture)
    }

    fn to_latents(&mut self, tensor: Resource<RawTensor>) -> Result<Resource<HeldTensor>, Refused> {
        self.count();
        let (dimensions, floats) = self.floats(&tensor)?;
        let tensor = Tensor::from_numbers(dimensions, floats)?;
        self.hold_tensor(tensor)
    }

    fn drop(&mut self, tensor: Resource<RawTensor>) -> wasmtime::Result<()> {
        self.table.delete(tensor)?;
        Ok(())
    }
}

fn ports(ports: Vec<crate::services::Port>) -> Vec<wit::Port> {
    ports
        .into_iter()
        .map(|port| wit::Port {
            name: port.name,
            element: port.element.into(),
            dimensions: port.dimensions,
        })
        .collect()
}

impl wit::HostGraph for Guest {
    fn inputs(&mut self, graph: Resource<HeldGraph>) -> wasmtime::Result<Vec<wit::Port>> {
        self.count();
        Ok(ports(self.table.get(&graph)?.model.inputs()))
    }

    fn outputs(&mut self, graph: Resource<HeldGraph>) -> wasmtime::Result<Vec<wit::Port>> {
        self.count();
        Ok(ports(self.table.get(&graph)?.model.outputs()))
    }

    async fn compute(
        &mut self,
        graph: Resource<HeldGraph>,
        inputs: Vec<(String, Resource<RawTensor>)>,
    ) -> Result<Vec<(String, Resource<RawTensor>)>, Refused> {
        self.count();
        let model = self.table.get(&graph)?.model.clone();
        let mut given = Vec::with_capacity(inputs.len());
        // The list owns its tensors: they are gone afterwards, whatever comes of it.
        for (name, handle) in inputs {
            given.push((name, self.table.delete(handle)?.value));
        }
        let stop = self.job.stop.clone();
        // Asked before the outputs are made: they would be there before they could be counted.
        let room = self.budget.left().saturating_mul(4);
        let outputs = self.away(move || model.compute(given, room, &stop)).await?;
        let mut handles = Vec::with_capacity(outputs.len());
        for (name, data) in outputs {
            handles.push((name, self.hold_data(data)?));
        }
        Ok(handles)
    }

    fn drop(&mut self, graph: Resource<HeldGraph>) -> wasmtime::Result<()> {
        self.table.delete(graph)?;
        Ok(())
    }
}

impl wit::Host for Guest {
    fn models(&mut self) -> wasmtime::Result<Vec<String>> {
        self.count();
        Ok(self.job.services.models())
    }

    async fn load(&mut self, source: wit::Source) -> Result<Resource<HeldGraph>, Refused> {
        self.count();
        let services = self.job.services.clone();
        let assets = self.assets.clone();
        let model = self
            .away(move || match &source {
                wit::Source::Asset(name) => match assets.get(name) {
                    Some(bytes) => services.load_model(ModelSource::Bytes(bytes)),
                    None => Err(Problem::NotFound(format!(
                        "no asset `{}`",
                        crate::names::shown(name)
                    ))),
                },
                wit::Source::Model(name) => services.load_model(ModelSource::Named(name)),
            })
            .await?;
        Ok(self.table.push(HeldGraph { model })?)
    }
}
