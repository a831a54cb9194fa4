//! Plugins that mean harm, or are merely broken: each is refused or stopped with an error that says why, and everything
//! else goes on. `case_NN` is the number of the case in the list that `README.md` keeps of what hosts were seen to fail
//! at: loops, memory, malformed components, lies about lengths, floods, forged handles, networks.

mod abi;
mod bytes;
mod clocks;
mod drawing;
mod floods;
mod grants;
mod host;
mod https;
mod leaks;
mod list;
mod memory;
mod network;
mod pictures;
mod reload;
mod runaway;
mod store;
mod streams;
mod support;
mod sweeps;
mod threads;
mod updates;
