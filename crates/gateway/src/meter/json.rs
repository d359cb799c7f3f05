//! A record as a line of JSON, for export.

use serde::Serialize;

use super::{Outcome, Record, Unreceived};

/// The members of a line, in order. Where nobody counted, there are no counts but `chunks`.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    tenant: &'a str,
    lease: &'a str,
    model: &'a str,
    replica: Option<&'a str>,
    key: &'a str,
    call: &'static str,
    counted: &'static str,
    input: Option<u64>,
    cached: Option<u64>,
    output: Option<u64>,
    reasoning: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chunks: Option<u64>,
    unreceived: &'static str,
    unreceived_tokens: Option<u64>,
    received: String,
    first_token: Option<String>,
    end: String,
    outcome: &'static str,
    cut_by: Option<&'static str>,
    status: u16,
}

impl Record {
    /// As one line of JSON, without the end of the line.
    pub fn to_json(&self) -> String {
        let counts = self.counted.counts();
        let (unreceived, unreceived_tokens) = match self.unreceived {
            Unreceived::Nothing => ("nothing", Some(0)),
            Unreceived::Perhaps => ("perhaps", None),
            Unreceived::Some => ("some", None),
            Unreceived::Tokens(tokens) => ("tokens", Some(tokens)),
        };
        let line = Line {
            id: self.id.to_string(),
            tenant: self.tenant.as_str(),
            lease: self.lease.as_str(),
            model: self.model.as_str(),
            replica: self.replica.as_ref().map(super::Label::as_str),
            key: self.key.as_str(),
            call: self.surface.path(),
            counted: self.counted.name(),
            input: counts.map(|counts| counts.input),
            cached: counts.map(|counts| counts.cached),
            output: counts.map(|counts| counts.output),
            reasoning: counts.map(|counts| counts.reasoning),
            chunks: match self.counted {
                super::Counted::Unknown { chunks } => Some(chunks),
                _ => None,
            },
            unreceived,
            unreceived_tokens,
            received: self.received.to_string(),
            first_token: self.first_token.map(|at| at.to_string()),
            end: self.end.to_string(),
            outcome: self.outcome.name(),
            cut_by: match self.outcome {
                Outcome::Cut(who) => Some(who.name()),
                _ => None,
            },
            status: self.status,
        };
        // Strings and numbers alone: there is nothing in it that JSON cannot say.
        serde_json::to_string(&line).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{record, records};
    use super::super::{Counted, Outcome, Unreceived, WhoCut};
    use proptest::prelude::*;

    #[test]
    fn a_line() {
        assert_eq!(
            record(1).to_json(),
            r#"{"id":"019dec35-2880-7004-8000-000000000001","tenant":"acme","lease":"acme-chat","#
                .to_owned()
                + r#""model":"llama-70b","replica":"llama-70b/3","key":"lh-4f2a","#
                + r#""call":"/v1/chat/completions","counted":"whole","input":812,"cached":512,"#
                + r#""output":97,"reasoning":0,"unreceived":"nothing","unreceived_tokens":0,"#
                + r#""received":"2026-05-03T05:00:00.000001Z","#
                + r#""first_token":"2026-05-03T05:00:00.041001Z","#
                + r#""end":"2026-05-03T05:00:02.400001Z","outcome":"served","cut_by":null,"#
                + r#""status":200}"#
        );
    }

    #[test]
    fn chunks_are_never_counts() {
        let mut cut = record(1);
        cut.counted = Counted::Unknown { chunks: 41 };
        (cut.outcome, cut.unreceived) = (Outcome::Cut(WhoCut::Client), Unreceived::Perhaps);
        let line: serde_json::Value = serde_json::from_str(&cut.to_json()).unwrap();
        assert_eq!((&line["chunks"], &line["output"]), (&41.into(), &serde_json::Value::Null));
        assert_eq!((&line["cut_by"], &line["outcome"]), (&"client".into(), &"cut".into()));
    }

    proptest! {
        #[test]
        fn every_record_is_one_line_of_json(record in records()) {
            let text = record.to_json();
            prop_assert!(!text.contains('\n'));
            let line: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(line["model"].as_str(), Some(record.model.as_str()));
            let id = record.id.to_string();
            prop_assert_eq!(line["id"].as_str(), Some(id.as_str()));
        }
    }
}
