#![no_main]
#![allow(dead_code, reason = "each target calls one of the functions")]

#[path = "../../audit/tests/hostile/targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::event(data));
