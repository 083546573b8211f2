//! What is served of the record of care, made from the log alone: what a reader saw at a past moment can be made again.

pub mod visit;
