#![no_main]
libfuzzer_sys::fuzz_target!(
    init: trailkeeper_fuzz::write_if_asked(),
    |bytes: &[u8]| trailkeeper_fuzz::manifest(bytes)
);
