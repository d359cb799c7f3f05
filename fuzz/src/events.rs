//! An events file: any text is answered, and what can be read can be written and read again.

use leasehold_books::event::{self, Event, EventFault, EventKind, FAULTS_MAX, parse_line, to_line};

/// Reads the bytes as an events file and checks the answer; then each of its lines by itself.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let lines = text.lines().count() as u64;
    match event::read(&text) {
        Ok(events) => events.iter().for_each(check_event),
        Err(faults) => check_faults(&faults, lines),
    }
    for (line, number) in text.lines().zip(1..) {
        match parse_line(line, number) {
            Ok(event) => check_event(&event),
            Err(fault) => assert_eq!(fault.line, number, "{fault}"),
        }
    }
}

fn check_event(event: &Event) {
    let line = to_line(event).expect("what was read can be written");
    assert!(!line.contains('\n'));
    let again = parse_line(&line, 1).expect("what was written can be read");
    assert_eq!(&again, event);
    assert!(event.moment() <= event.at);
}

fn check_faults(faults: &[EventFault], lines: u64) {
    assert!(!faults.is_empty() && faults.len() <= FAULTS_MAX);
    assert!(faults.is_sorted_by_key(|fault| fault.line));
    for fault in faults {
        assert!((1..=lines.max(1)).contains(&fault.line) && fault.column >= 1, "{fault}");
        assert!(!fault.message.is_empty());
    }
}

/// Whether every kind of event has a line among the seeds and a word in the dictionary.
pub fn check_words() {
    let events = event::read(include_str!("../seeds/events/every-kind.jsonl"));
    let events = events.expect("fuzz/seeds/events/every-kind.jsonl can be read");
    let dictionary = include_str!("../dictionaries/events.dict");
    for word in EventKind::WORDS {
        let seed = events.iter().any(|event| event.kind.word() == *word);
        assert!(seed, "`{word}` is missing in fuzz/seeds/events/every-kind.jsonl");
        let known = dictionary.contains(&format!("\"\\\"{word}\\\"\""));
        assert!(known, "`{word}` is missing in fuzz/dictionaries/events.dict");
    }
}
