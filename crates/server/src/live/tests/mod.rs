//! Stories and random histories of the live desk.

mod fixture;
mod properties;
mod stories;
