use crate::Picture;

/// What the hook `post_process` may return: nothing, when it wrote to the picture that it was given; a picture, when it
/// made another one; or one of the two.
pub trait Drawn {
    /// The other picture, if there is one.
    fn picture(self) -> Option<Picture>;
}

impl Drawn for () {
    fn picture(self) -> Option<Picture> {
        None
    }
}

impl Drawn for Picture {
    fn picture(self) -> Option<Picture> {
        Some(self)
    }
}

impl Drawn for Option<Picture> {
    fn picture(self) -> Option<Picture> {
        self
    }
}
