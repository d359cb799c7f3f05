//! The HTTP API, under `/v1`.
//!
//! Every route is a row of one table ([`endpoint::Endpoint`], gathered in [`routes::all`]): its path,
//! who may call it, what goes in and comes out, and the function that does it. The router, the
//! OpenAPI document and the test of tenant isolation are all made from that table, so none of them
//! can forget a route.
//!
//! A request goes the same way whatever its route ([`app`]): request id, limits of size and rate,
//! who calls ([`sign_in`]), the route's right, then a read of the committed state, or an act handed
//! to the writer under its idempotency key. What goes wrong is said as a [`problem::Problem`].

mod answer;
pub mod app;
pub mod draws;
pub mod endpoint;
pub mod limits;
pub mod listen;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod routes;
pub mod sign_in;
pub mod views;

pub use app::{App, router};
pub use draws::{Draws, SystemDraws};
pub use listen::{Listening, listen};
pub use routes::hash_password;
