//! The outside world behind ports. Each port is a trait with the words of this house; each form of it knows one service.

pub mod notifications;
pub mod storage;
pub mod witnesses;
