//! The data plane: authenticate, admit, route, stream, meter.
//!
//! A request goes through these, in this order, each a module:
//!
//! 1. [`api`]: what it asks for, by OpenAI's words or Anthropic's, and how a refusal is said;
//! 2. [`admission`]: whose key it is, what its lease may have under way, who waits;
//! 3. [`route`]: which replica of the model takes it;
//! 4. [`serve`]: connections to clients and engines, streams, drains, limits;
//! 5. [`meter`]: one record for each admitted request, durable before the last byte of its answer.
//!
//! [`engine`] is a simulated one for trials. [`config`] is what an operator says of it, [`run`] how it starts and stops, [`metrics`] what it counts, [`admin`] where it is
//! told to drain and asked how it is.
//!
//! [`wire`] looks into what passes without reading it whole. Nothing here knows a database: the
//! admission table is a file that the desk pushes, records are a log that the store fetches, so a
//! gateway starts and serves while both are away.

pub mod admin;
pub mod admission;
pub mod api;
pub mod config;
pub mod engine;
pub mod meter;
pub mod metrics;
pub mod route;
pub mod run;
pub mod serve;
pub mod wire;
