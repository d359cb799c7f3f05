//! The report of a replay, from the outside: what people see, what programs read.

mod fixture;
mod page;
mod terminal;
