#![no_main]

libfuzzer_sys::fuzz_target!(
    init: leasehold_fuzz::events::check_words(),
    |data: &[u8]| leasehold_fuzz::events::check(data)
);
