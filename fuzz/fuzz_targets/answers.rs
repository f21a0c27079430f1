#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| trailkeeper_fuzz::answers(bytes));
