//! How much of a text is looked at: tests see that it is not looked at again and again.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static LOOKED: Cell<usize> = const { Cell::new(0) };
}

/// So many bytes are looked at, at most.
#[inline]
pub(super) fn looks_at(bytes: usize) {
    #[cfg(test)]
    LOOKED.set(LOOKED.get() + bytes);
    #[cfg(not(test))]
    let _ = bytes;
}

/// How many bytes `run` looks at.
#[cfg(test)]
pub(super) fn looked_at(run: impl FnOnce()) -> usize {
    let before = LOOKED.get();
    run();
    LOOKED.get() - before
}
