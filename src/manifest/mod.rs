//! TEXT <-> Desired. The only module that knows YAML.

pub mod document;
pub mod position;
pub mod problem;
pub mod source;

mod finding;
mod render;
mod scalar;
mod scan;
mod suggest;
mod walker;
mod wording;

pub use document::{Document, read_document};
pub use render::render_text;
pub use walker::check_shape;
