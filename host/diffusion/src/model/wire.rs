//! Protocol buffers, as far as walking through one needs it: no field is copied, nothing is built.

/// A field: its number, and its value if that is what messages and texts are written as.
pub(super) struct Field<'a> {
    pub(super) number: u64,
    pub(super) value: Value<'a>,
}

pub(super) enum Value<'a> {
    Bytes(&'a [u8]),
    Varint(u64),
    /// A number of fixed size, which nothing here looks at.
    Other,
}

/// The fields of a message, in order.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            // Nothing after it means anything.
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Result<Field<'a>, &'static str> {
        let key = self.varint()?;
        let number = key >> 3;
        if number == 0 {
            return Err("a field has the number 0");
        }
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => self.take(8).map(|_| Value::Other)?,
            2 => {
                let length = self.varint()?;
                Value::Bytes(self.take(length)?)
            }
            5 => self.take(4).map(|_| Value::Other)?,
            // Groups were given up long before there was ONNX.
            _ => return Err("a field is of a kind that is not known"),
        };
        Ok(Field { number, value })
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], &'static str> {
        let (taken, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.0.split_at_checked(length))
            .ok_or("it ends within a field")?;
        self.0 = rest;
        Ok(taken)
    }

    fn varint(&mut self) -> Result<u64, &'static str> {
        let mut number = 0;
        for place in 0..10 {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number has no end")
    }
}
