//! The desk as a whole: stories, refusals in words, properties over random histories.

mod feed;
mod fixture;
mod journal;
mod properties;
mod random;
mod refusals;
mod seconds;
mod stories;
