#![no_main]

libfuzzer_sys::fuzz_target!(
    init: leasehold_fuzz::sheet::check_words(),
    |data: &[u8]| leasehold_fuzz::sheet::check(data)
);
