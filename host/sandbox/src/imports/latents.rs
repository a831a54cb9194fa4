use wasmtime::component::Resource;

use crate::bindings::interfaces::latents as wit;
use crate::guest::{Guest, HeldMoment, HeldTensor, Refused, refuse};
use crate::plugin::Phase;
use crate::problem::Problem;
use crate::tensor::Tensor;

const LONGEST_NAME: usize = 64;
/// Tensors that a plugin may keep for one picture.
const MOST_KEPT: usize = 256;

impl Guest {
    /// A handle for a tensor, which counts one float as one pixel.
    pub(crate) fn hold_tensor(&mut self, tensor: Tensor) -> Result<Resource<HeldTensor>, Refused> {
        self.hold(tensor.numbers().len() as u64, tensor)
    }

    fn tensor(&self, handle: &Resource<HeldTensor>) -> Result<&Tensor, Refused> {
        Ok(&self.table.get(handle)?.value)
    }

    /// Changes a tensor. It is charged when it stops sharing its numbers with another.
    fn change_tensor(
        &mut self,
        handle: &Resource<HeldTensor>,
        change: impl FnOnce(&mut Tensor) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let pixels = self.tensor(handle)?.numbers().len() as u64;
        change(self.changing(handle, pixels)?)
    }
}

impl wit::HostLatents for Guest {
    fn create(&mut self, shape: Vec<u32>) -> Result<Resource<HeldTensor>, Refused> {
        self.count();
        // Asked before the memory is.
        let numbers = shape
            .iter()
            .fold(1_u64, |all, side| all.saturating_mul(u64::from(*side)));
        self.budget.check(numbers)?;
        let tensor = Tensor::zeros(shape)?;
        self.hold_tensor(tensor)
    }

    fn shape(&mut self, handle: Resource<HeldTensor>) -> wasmtime::Result<Vec<u32>> {
        self.count();
        Ok(self.table.get(&handle)?.value.shape().to_vec())
    }

    fn read(
        &mut self,
        handle: Resource<HeldTensor>,
        start: Vec<u32>,
        extent: Vec<u32>,
    ) -> Result<Vec<f32>, Refused> {
        self.count();
        let numbers = extent
            .iter()
            .fold(4_u64, |all, side| all.saturating_mul(u64::from(*side)));
        let tensor = self.tensor(&handle)?;
        tensor.check_window(&start, &extent)?;
        self.check_transfer(numbers)?;
        Ok(self.tensor(&handle)?.read(&start, &extent)?)
    }

    fn read_all(&mut self, handle: Resource<HeldTensor>) -> Result<Vec<f32>, Refused> {
        self.count();
        let tensor = self.tensor(&handle)?;
        self.check_transfer(tensor.numbers().len() as u64 * 4)?;
        Ok(self.tensor(&handle)?.numbers().to_vec())
    }

    fn write(
        &mut self,
        handle: Resource<HeldTensor>,
        start: Vec<u32>,
        extent: Vec<u32>,
        numbers: Vec<f32>,
    ) -> Result<(), Refused> {
        self.count();
        self.change_tensor(&handle, |tensor| {
            Ok(tensor.write(&start, &extent, &numbers)?)
        })
    }

    fn write_all(
        &mut self,
        handle: Resource<HeldTensor>,
        numbers: Vec<f32>,
    ) -> Result<(), Refused> {
        self.count();
        self.change_tensor(&handle, |tensor| Ok(tensor.write_all(numbers)?))
    }

    fn clone(&mut self, handle: Resource<HeldTensor>) -> Result<Resource<HeldTensor>, Refused> {
        self.count();
        let clone = self.table.get(&handle)?.shared();
        Ok(self.table.push(clone)?)
    }

    fn add(
        &mut self,
        handle: Resource<HeldTensor>,
        other: Resource<HeldTensor>,
        factor: f32,
    ) -> Result<(), Refused> {
        self.count();
        let other = self.tensor(&other)?.clone();
        self.change_tensor(&handle, |tensor| Ok(tensor.add(&other, factor)?))
    }

    fn scale(&mut self, handle: Resource<HeldTensor>, factor: f32) -> Result<(), Refused> {
        self.count();
        self.change_tensor(&handle, |tensor| Ok(tensor.scale(factor)?))
    }

    fn shift(&mut self, handle: Resource<HeldTensor>, amount: f32) -> Result<(), Refused> {
        self.count();
        self.change_tensor(&handle, |tensor| Ok(tensor.shift(amount)?))
    }

    fn lerp(
        &mut self,
        handle: Resource<HeldTensor>,
        other: Resource<HeldTensor>,
        amount: f32,
    ) -> Result<(), Refused> {
        self.count();
        let other = self.tensor(&other)?.clone();
        self.change_tensor(&handle, |tensor| Ok(tensor.lerp(&other, amount)?))
    }

    fn mix(
        &mut self,
        handle: Resource<HeldTensor>,
        other: Resource<HeldTensor>,
        mask: Resource<HeldTensor>,
    ) -> Result<(), Refused> {
        self.count();
        let (other, mask) = (self.tensor(&other)?.clone(), self.tensor(&mask)?.clone());
        self.change_tensor(&handle, |tensor| Ok(tensor.mix(&other, &mask)?))
    }

    fn noise(
        &mut self,
        handle: Resource<HeldTensor>,
        seed: u64,
        strength: f32,
    ) -> Result<(), Refused> {
        self.count();
        if !strength.is_finite() {
            return refuse(Problem::InvalidInput(format!(
                "strength is {strength}, expected a number"
            )));
        }
        let services = self.job.services.clone();
        self.change_tensor(&handle, |tensor| {
            let mut numbers = vec![0.0; tensor.numbers().len()];
            services.noise(seed, &mut numbers)?;
            let noise = Tensor::from_numbers(tensor.shape().to_vec(), numbers)?;
            Ok(tensor.add(&noise, strength)?)
        })
    }

    fn roll(
        &mut self,
        handle: Resource<HeldTensor>,
        dimension: u32,
        by: i32,
    ) -> Result<(), Refused> {
        self.count();
        self.change_tensor(&handle, |tensor| Ok(tensor.roll(dimension, by)?))
    }

    fn flip(&mut self, handle: Resource<HeldTensor>, dimension: u32) -> Result<(), Refused> {
        self.count();
        self.change_tensor(&handle, |tensor| Ok(tensor.flip(dimension)?))
    }

    fn statistics(&mut self, handle: Resource<HeldTensor>) -> wasmtime::Result<wit::Statistics> {
        self.count();
        let statistics = self.table.get(&handle)?.value.statistics();
        Ok(wit::Statistics {
            minimum: statistics.minimum,
            maximum: statistics.maximum,
            mean: statistics.mean,
            deviation: statistics.deviation,
        })
    }

    fn drop(&mut self, handle: Resource<HeldTensor>) -> wasmtime::Result<()> {
        self.table.delete(handle)?;
        Ok(())
    }
}

impl wit::HostMoment for Guest {
    fn phase(&mut self, moment: Resource<HeldMoment>) -> wasmtime::Result<wit::Phase> {
        self.count();
        Ok(match self.table.get(&moment)?.phase {
            Phase::Noise => wit::Phase::Noise,
            Phase::Step => wit::Phase::Step,
        })
    }

    fn step(&mut self, moment: Resource<HeldMoment>) -> wasmtime::Result<u32> {
        self.count();
        Ok(self.table.get(&moment)?.step)
    }

    fn steps(&mut self, moment: Resource<HeldMoment>) -> wasmtime::Result<u32> {
        self.count();
        Ok(self.table.get(&moment)?.steps)
    }

    fn sigma(&mut self, moment: Resource<HeldMoment>) -> wasmtime::Result<f32> {
        self.count();
        Ok(self.table.get(&moment)?.sigma)
    }

    fn predicted(
        &mut self,
        moment: Resource<HeldMoment>,
    ) -> Result<Option<Resource<HeldTensor>>, Refused> {
        self.count();
        match self.table.get(&moment)?.predicted.clone() {
            Some(tensor) => Ok(Some(self.table.push(HeldTensor::lent(tensor))?)),
            None => Ok(None),
        }
    }

    fn keep(
        &mut self,
        moment: Resource<HeldMoment>,
        name: String,
        latents: Resource<HeldTensor>,
    ) -> Result<(), Refused> {
        self.count();
        if name.is_empty() || name.len() > LONGEST_NAME {
            return refuse(Problem::InvalidInput(format!(
                "a name of {} bytes, expected 1 to {LONGEST_NAME}",
                name.len()
            )));
        }
        let tensor = self.tensor(&latents)?.clone();
        let most = self.limits.pixels.0;
        let kept = &mut self.table.get_mut(&moment)?.kept;
        let others: u64 = kept
            .iter()
            .filter(|(other, _)| **other != name)
            .map(|(_, other)| other.numbers().len() as u64)
            .sum();
        // What is kept outlives the call, so it has a budget of its own of the same size.
        if others + tensor.numbers().len() as u64 > most {
            return refuse(Problem::Exhausted(format!(
                "more than {} numbers would be kept",
                self.limits.pixels
            )));
        }
        if !kept.contains_key(&name) && kept.len() >= MOST_KEPT {
            return refuse(Problem::Exhausted(format!(
                "{MOST_KEPT} tensors are kept, which is all there may be"
            )));
        }
        kept.insert(name, tensor);
        Ok(())
    }

    fn kept(
        &mut self,
        moment: Resource<HeldMoment>,
        name: String,
    ) -> Result<Option<Resource<HeldTensor>>, Refused> {
        self.count();
        match self.table.get(&moment)?.kept.get(&name).cloned() {
            Some(tensor) => Ok(Some(self.table.push(HeldTensor::lent(tensor))?)),
            None => Ok(None),
        }
    }

    fn drop(&mut self, moment: Resource<HeldMoment>) -> wasmtime::Result<()> {
        self.table.delete(moment)?;
        Ok(())
    }
}

impl wit::Host for Guest {}
