/// A table that says what becomes of a colour.
#[derive(Clone, Debug, PartialEq)]
pub struct Lut {
    /// Steps along each axis.
    size: u32,
    is_cubic: bool,
    /// What is looked up: this becomes the first entry, ...
    minimum: [f32; 3],
    /// ... and this the last.
    maximum: [f32; 3],
    /// A cube: red fastest, then green. Otherwise a curve for each colour.
    table: Vec<[f32; 3]>,
}

const LARGEST_CUBE: u32 = 256;
const LONGEST_CURVE: u32 = 65_536;

impl Lut {
    /// A colour for each of `size` steps of red, green and blue, red fastest.
    pub fn cubic(size: u32, table: Vec<[f32; 3]>) -> Result<Self, String> {
        Self::new(size, true, table)
    }

    /// A curve of `size` steps for each colour.
    pub fn curves(size: u32, table: Vec<[f32; 3]>) -> Result<Self, String> {
        Self::new(size, false, table)
    }

    fn new(size: u32, is_cubic: bool, table: Vec<[f32; 3]>) -> Result<Self, String> {
        let most = if is_cubic {
            LARGEST_CUBE
        } else {
            LONGEST_CURVE
        };
        if !(2..=most).contains(&size) {
            return Err(format!("the size is {size}, expected 2 to {most}"));
        }
        let entries = if is_cubic { size.pow(3) } else { size } as usize;
        if table.len() != entries {
            return Err(format!(
                "there are {} entries, expected {entries}",
                table.len()
            ));
        }
        if table.iter().flatten().any(|part| !part.is_finite()) {
            return Err("an entry is not finite".to_owned());
        }
        let (minimum, maximum) = ([0.0; 3], [1.0; 3]);
        Ok(Self {
            size,
            is_cubic,
            minimum,
            maximum,
            table,
        })
    }

    /// With another range of what is looked up.
    pub fn within(self, minimum: [f32; 3], maximum: [f32; 3]) -> Result<Self, String> {
        let fits = |at: usize| (maximum[at] - minimum[at]).is_finite() && minimum[at] < maximum[at];
        if (0..3).all(fits) {
            Ok(Self {
                minimum,
                maximum,
                ..self
            })
        } else {
            Err("the domain is empty, expected its minimum below its maximum".to_owned())
        }
    }

    /// What becomes of a colour. One outside becomes what the nearest inside does.
    pub fn at(&self, color: [f32; 3]) -> [f32; 3] {
        let last = (self.size - 1) as f32;
        let steps: [f32; 3] = std::array::from_fn(|at| {
            let place = (color[at] - self.minimum[at]) / (self.maximum[at] - self.minimum[at]);
            place.clamp(0.0, 1.0) * last
        });
        // The cell that it is in, and where in the cell.
        let cell = steps.map(|step| (step as usize).min(self.size as usize - 2));
        let inside: [f32; 3] = std::array::from_fn(|at| steps[at] - cell[at] as f32);
        if self.is_cubic {
            self.in_cube(cell, inside)
        } else {
            std::array::from_fn(|at| {
                let (low, high) = (self.table[cell[at]][at], self.table[cell[at] + 1][at]);
                low + inside[at] * (high - low)
            })
        }
    }

    /// Between the four corners of the tetrahedron that the colour is in: from the cell's lowest corner along the axes
    /// in the order of how far the colour is along each. Greys stay on the diagonal, which eight corners would bend.
    fn in_cube(&self, cell: [usize; 3], inside: [f32; 3]) -> [f32; 3] {
        let size = self.size as usize;
        let strides = [1, size, size * size];
        let mut order = [0, 1, 2];
        order.sort_by(|one, other| inside[*other].total_cmp(&inside[*one]));
        let mut index = cell[0] + cell[1] * strides[1] + cell[2] * strides[2];
        let mut corner = self.table[index];
        let mut result = corner;
        for axis in order {
            index += strides[axis];
            let next = self.table[index];
            for at in 0..3 {
                result[at] += inside[axis] * (next[at] - corner[at]);
            }
            corner = next;
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cube(size: u32, color: impl Fn([f32; 3]) -> [f32; 3]) -> Lut {
        let step = |at: u32| at as f32 / (size - 1) as f32;
        let table = (0..size.pow(3))
            .map(|at| {
                color([
                    step(at % size),
                    step(at / size % size),
                    step(at / size / size),
                ])
            })
            .collect();
        Lut::cubic(size, table).expect("a cube")
    }

    fn close(one: [f32; 3], other: [f32; 3]) -> bool {
        one.iter()
            .zip(other)
            .all(|(one, other)| (one - other).abs() < 1e-5)
    }

    const COLORS: [[f32; 3]; 6] = [
        [0.0, 0.0, 0.0],
        [1.0, 1.0, 1.0],
        [0.2, 0.9, 0.4],
        [0.77, 0.1, 0.101],
        [0.5, 0.5, 0.5],
        [1.0, 0.0, 0.33],
    ];

    #[test]
    fn a_straight_table_changes_as_it_says_everywhere() {
        for size in [2, 3, 9, 33] {
            let same = cube(size, |color| color);
            let swapped = cube(size, |[red, green, blue]| [1.0 - blue, red, green * 0.5]);
            for color in COLORS {
                assert!(close(same.at(color), color), "{size} {color:?}");
                let [red, green, blue] = color;
                assert!(
                    close(swapped.at(color), [1.0 - blue, red, green * 0.5]),
                    "{color:?}"
                );
            }
        }
    }

    #[test]
    fn what_is_outside_is_the_edge() {
        let same = cube(5, |color| color);
        assert!(close(same.at([-1.0, 2.0, 0.5]), [0.0, 1.0, 0.5]));
        assert!(
            same.at([f32::NAN, 0.0, 0.0])
                .iter()
                .skip(1)
                .all(|part| part.is_finite() || part.is_nan())
        );
        let wide = same.within([0.0; 3], [2.0; 3]).expect("a domain");
        assert!(close(wide.at([1.0, 0.5, 2.0]), [0.5, 0.25, 1.0]));
    }

    #[test]
    fn a_table_of_another_length_is_refused() {
        assert!(Lut::cubic(3, vec![[0.0; 3]; 26]).is_err());
        assert!(Lut::cubic(1, vec![[0.0; 3]]).is_err());
        assert!(Lut::curves(2, vec![[0.0, 0.0, f32::INFINITY], [1.0; 3]]).is_err());
        let curves = Lut::curves(2, vec![[0.0, 1.0, 0.0], [1.0, 0.0, 0.5]]).expect("curves");
        assert!(close(curves.at([0.25, 0.25, 1.0]), [0.25, 0.75, 0.5]));
        assert!(curves.within([0.0; 3], [1.0, 1.0, 0.0]).is_err());
    }
}
