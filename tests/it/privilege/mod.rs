//! The least privilege: whole documents, and that what the emulator saw would have been permitted.

mod admitted;
mod documents;
