//! Plugins that mean harm, or are merely broken: each is refused or stopped with an error that says why, and everything
//! else goes on. `case_NN` is the number of the case in the list that the project keeps of what hosts were seen to fail
//! at: loops, memory, malformed components, lies about lengths, floods, forged handles.

mod abi;
mod bytes;
mod floods;
mod memory;
mod pictures;
mod reload;
mod runaway;
mod support;
