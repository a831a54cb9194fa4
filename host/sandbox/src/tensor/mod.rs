//! Latents, as the host holds them for plugins: `wit/latents.wit` says what each operation does.

mod window;

use std::sync::Arc;

use crate::problem::Problem;
use window::Window;

/// Dimensions that a tensor may have.
const MOST_DIMENSIONS: usize = 8;
/// Numbers that a tensor may have: its bytes still fit into 32 bits.
const MOST_NUMBERS: u64 = 1 << 30;

/// A tensor of finite 32-bit floats, row-major. Clones share their numbers until one is changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    shape: Vec<u32>,
    numbers: Arc<Vec<f32>>,
}

/// What a tensor's numbers are like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// The least.
    pub minimum: f32,
    /// The greatest.
    pub maximum: f32,
    /// Their mean.
    pub mean: f32,
    /// Their standard deviation, of the population.
    pub deviation: f32,
}

/// Why something cannot be done with a tensor; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TensorError(String);

impl From<TensorError> for Problem {
    fn from(error: TensorError) -> Self {
        Self::InvalidInput(error.0)
    }
}

fn wrong<T>(reason: String) -> Result<T, TensorError> {
    Err(TensorError(reason))
}

impl Tensor {
    /// All zero.
    ///
    /// # Errors
    /// The shape has not 1 to 8 dimensions of at least 1, or is too large.
    pub fn zeros(shape: Vec<u32>) -> Result<Self, TensorError> {
        let count = count(&shape)?;
        Ok(Self {
            shape,
            numbers: Arc::new(vec![0.0; count]),
        })
    }

    /// From numbers, the last dimension running fastest.
    ///
    /// # Errors
    /// As [`Tensor::zeros`]; another count; a number that is not finite.
    pub fn from_numbers(shape: Vec<u32>, numbers: Vec<f32>) -> Result<Self, TensorError> {
        let expected = count(&shape)?;
        check_numbers(&numbers, expected)?;
        Ok(Self {
            shape,
            numbers: Arc::new(numbers),
        })
    }

    /// Its shape, outermost dimension first.
    #[must_use]
    pub fn shape(&self) -> &[u32] {
        &self.shape
    }

    /// All numbers.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// All numbers, without a copy if nobody shares them.
    #[must_use]
    pub fn into_numbers(self) -> Vec<f32> {
        Arc::unwrap_or_clone(self.numbers)
    }

    /// Whether a window is inside.
    ///
    /// # Errors
    /// It is not.
    pub fn check_window(&self, start: &[u32], extent: &[u32]) -> Result<(), TensorError> {
        Window::new(&self.shape, start, extent).map(drop)
    }

    /// The numbers of a window: `extent` numbers along each dimension from `start`.
    ///
    /// # Errors
    /// It is not inside.
    pub fn read(&self, start: &[u32], extent: &[u32]) -> Result<Vec<f32>, TensorError> {
        let window = Window::new(&self.shape, start, extent)?;
        let mut numbers = Vec::with_capacity(window.count());
        for run in window.runs() {
            numbers.extend_from_slice(&self.numbers[run]);
        }
        Ok(numbers)
    }

    /// Replaces the numbers of a window.
    ///
    /// # Errors
    /// It is not inside; another count; a number that is not finite.
    pub fn write(
        &mut self,
        start: &[u32],
        extent: &[u32],
        numbers: &[f32],
    ) -> Result<(), TensorError> {
        let window = Window::new(&self.shape, start, extent)?;
        check_numbers(numbers, window.count())?;
        let mine = Arc::make_mut(&mut self.numbers);
        let mut rest = numbers;
        for run in window.runs() {
            let (these, others) = rest.split_at(run.len());
            mine[run].copy_from_slice(these);
            rest = others;
        }
        Ok(())
    }

    /// Replaces all numbers.
    ///
    /// # Errors
    /// Another count; a number that is not finite.
    pub fn write_all(&mut self, numbers: Vec<f32>) -> Result<(), TensorError> {
        check_numbers(&numbers, self.numbers.len())?;
        self.numbers = Arc::new(numbers);
        Ok(())
    }

    /// `this += factor * other`.
    ///
    /// # Errors
    /// Another shape; a number would not be finite. So for all that follow.
    pub fn add(&mut self, other: &Self, factor: f32) -> Result<(), TensorError> {
        self.check_factor("factor", factor)?;
        self.check_same(other)?;
        let pairs = self.numbers.iter().zip(other.numbers.iter());
        self.replace(pairs.map(|(a, b)| a + factor * b).collect())
    }

    /// `this *= factor`.
    ///
    /// # Errors
    /// As [`Tensor::add`].
    pub fn scale(&mut self, factor: f32) -> Result<(), TensorError> {
        self.check_factor("factor", factor)?;
        self.replace(self.numbers.iter().map(|a| a * factor).collect())
    }

    /// `this += amount`.
    ///
    /// # Errors
    /// As [`Tensor::add`].
    pub fn shift(&mut self, amount: f32) -> Result<(), TensorError> {
        self.check_factor("amount", amount)?;
        self.replace(self.numbers.iter().map(|a| a + amount).collect())
    }

    /// `this += amount * (other - this)`.
    ///
    /// # Errors
    /// As [`Tensor::add`].
    pub fn lerp(&mut self, other: &Self, amount: f32) -> Result<(), TensorError> {
        self.check_factor("amount", amount)?;
        self.check_same(other)?;
        let pairs = self.numbers.iter().zip(other.numbers.iter());
        self.replace(pairs.map(|(a, b)| between(*a, *b, amount)).collect())
    }

    /// `this += mask * (other - this)`. The mask has this shape, or 1 in some dimensions, along which it is repeated.
    ///
    /// # Errors
    /// As [`Tensor::add`].
    pub fn mix(&mut self, other: &Self, mask: &Self) -> Result<(), TensorError> {
        self.check_same(other)?;
        let fits = mask.shape.len() == self.shape.len()
            && mask
                .shape
                .iter()
                .zip(&self.shape)
                .all(|(mask, mine)| mask == mine || *mask == 1);
        if !fits {
            return wrong(format!(
                "mask {:?}, expected {:?}, or 1 in some dimensions",
                mask.shape, self.shape
            ));
        }
        // Row by row: along the last dimension the mask runs on or stays, and each row has its own beginning.
        let (outer, last) = self.shape.split_at(self.shape.len() - 1);
        let side = last[0] as usize;
        let repeated = mask.shape[outer.len()] == 1;
        // How far apart the mask's numbers are along each outer dimension; 0 where it is repeated.
        let mut strides = vec![0; outer.len()];
        let mut stride = if repeated { 1 } else { side };
        for (dimension, side) in mask.shape[..outer.len()].iter().enumerate().rev() {
            strides[dimension] = if *side == 1 { 0 } else { stride };
            stride *= *side as usize;
        }
        let mut index = vec![0_u32; outer.len()];
        let mut at = 0;
        let mut result = Vec::with_capacity(self.numbers.len());
        let rows = self.numbers.chunks_exact(side);
        for (a, b) in rows.zip(other.numbers.chunks_exact(side)) {
            let pairs = a.iter().zip(b);
            if repeated {
                let amount = mask.numbers[at];
                result.extend(pairs.map(|(a, b)| between(*a, *b, amount)));
            } else {
                let amounts = &mask.numbers[at..][..side];
                result.extend(pairs.zip(amounts).map(|((a, b), m)| between(*a, *b, *m)));
            }
            // The next row, as an odometer turns.
            for dimension in (0..index.len()).rev() {
                index[dimension] += 1;
                at += strides[dimension];
                if index[dimension] < outer[dimension] {
                    break;
                }
                at -= strides[dimension] * outer[dimension] as usize;
                index[dimension] = 0;
            }
        }
        self.replace(result)
    }

    /// Moves everything `by` places along a dimension, around the end.
    ///
    /// # Errors
    /// There is no such dimension.
    pub fn roll(&mut self, dimension: u32, by: i32) -> Result<(), TensorError> {
        let (side, inner) = self.dimension(dimension)?;
        let by = i64::from(by).rem_euclid(side as i64) as usize;
        for block in Arc::make_mut(&mut self.numbers).chunks_mut(side * inner) {
            block.rotate_right(by * inner);
        }
        Ok(())
    }

    /// Mirrors along a dimension.
    ///
    /// # Errors
    /// There is no such dimension.
    pub fn flip(&mut self, dimension: u32) -> Result<(), TensorError> {
        let (side, inner) = self.dimension(dimension)?;
        for block in Arc::make_mut(&mut self.numbers).chunks_exact_mut(side * inner) {
            if inner == 1 {
                block.reverse();
                continue;
            }
            for row in 0..side / 2 {
                let (front, back) = block.split_at_mut((side - 1 - row) * inner);
                front[row * inner..][..inner].swap_with_slice(&mut back[..inner]);
            }
        }
        Ok(())
    }

    /// What its numbers are like. Summed in 64 bits, in order.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let count = self.numbers.len() as f64;
        if self.numbers.is_empty() {
            return Statistics::default();
        }
        let mean = self.numbers.iter().map(|it| f64::from(*it)).sum::<f64>() / count;
        let squares = self.numbers.iter().map(|it| {
            let off = f64::from(*it) - mean;
            off * off
        });
        let deviation = (squares.sum::<f64>() / count).sqrt();
        // Not by `min` and `max`: which zero they give is up to the machine.
        let least = |least: f32, it: &f32| if *it < least { *it } else { least };
        let greatest = |greatest: f32, it: &f32| if *it > greatest { *it } else { greatest };
        Statistics {
            minimum: self.numbers.iter().fold(f32::INFINITY, least),
            maximum: self.numbers.iter().fold(f32::NEG_INFINITY, greatest),
            mean: mean as f32,
            deviation: deviation as f32,
        }
    }

    fn replace(&mut self, numbers: Vec<f32>) -> Result<(), TensorError> {
        if let Some(at) = first_infinite(&numbers) {
            return wrong(format!("number {at} would not be finite"));
        }
        self.numbers = Arc::new(numbers);
        Ok(())
    }

    fn check_factor(&self, name: &str, factor: f32) -> Result<(), TensorError> {
        if factor.is_finite() {
            return Ok(());
        }
        wrong(format!("{name} is {factor}, expected a number"))
    }

    fn check_same(&self, other: &Self) -> Result<(), TensorError> {
        if self.shape == other.shape {
            return Ok(());
        }
        wrong(format!(
            "the other is {:?}, expected {:?}",
            other.shape, self.shape
        ))
    }

    /// A dimension's side, and how many numbers lie inside of one place of it.
    fn dimension(&self, dimension: u32) -> Result<(usize, usize), TensorError> {
        let at = dimension as usize;
        let Some(side) = self.shape.get(at) else {
            return wrong(format!(
                "dimension {dimension}, expected 0 to {}",
                self.shape.len() - 1
            ));
        };
        let inner = self.shape[at + 1..].iter().map(|side| *side as usize);
        Ok((*side as usize, inner.product()))
    }
}

/// At 0 exactly `a`, at 1 exactly `b`. In 64 bits, where the difference of two numbers is never infinite.
fn between(a: f32, b: f32, amount: f32) -> f32 {
    let (wide_a, wide_b) = (f64::from(a), f64::from(b));
    let sum = (wide_a + f64::from(amount) * (wide_b - wide_a)) as f32;
    if amount == 1.0 { b } else { sum }
}

/// The place of the first number that is not finite.
fn first_infinite(numbers: &[f32]) -> Option<usize> {
    // Block by block, without asking after each number.
    const BLOCK: usize = 64;
    let is_infinite = |number: &f32| !number.is_finite();
    let has_infinite = |block: &[f32]| block.iter().fold(false, |any, it| any | is_infinite(it));
    let block = numbers.chunks(BLOCK).position(has_infinite)?;
    let start = block * BLOCK;
    let at = numbers[start..].iter().position(is_infinite)?;
    Some(start + at)
}

fn count(shape: &[u32]) -> Result<usize, TensorError> {
    if shape.is_empty() || shape.len() > MOST_DIMENSIONS {
        return wrong(format!(
            "{} dimensions, expected 1 to {MOST_DIMENSIONS}",
            shape.len()
        ));
    }
    let count = shape
        .iter()
        .fold(1_u64, |all, side| all.saturating_mul(u64::from(*side)));
    if count == 0 || count > MOST_NUMBERS {
        return wrong(format!(
            "shape {shape:?}, expected sides of at least 1 and at most {MOST_NUMBERS} numbers"
        ));
    }
    Ok(count as usize)
}

fn check_numbers(numbers: &[f32], expected: usize) -> Result<(), TensorError> {
    if numbers.len() != expected {
        return wrong(format!("{} numbers, expected {expected}", numbers.len()));
    }
    match first_infinite(numbers) {
        Some(at) => wrong(format!(
            "number {at} is {}, expected a finite one",
            numbers[at]
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
