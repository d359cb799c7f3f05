mod pains;
mod properties;
mod world;
