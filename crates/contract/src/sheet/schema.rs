//! Which keys a term sheet has. The reader refuses every other one, suggests from these, and
//! resolves the paths of assumptions by them; a test holds `docs/term-sheet.md` against them.

/// A table of the term sheet.
#[derive(Debug)]
pub struct Table {
    /// Its key in the table that holds it.
    pub name: &'static str,
    /// Whether it may come more than once (`[[tranche]]`), and what tells one from another.
    pub many: Many,
    /// Its keys, in the order in which the reference lists them; those of `tables` among them.
    pub keys: &'static [&'static str],
    /// The tables in it.
    pub tables: &'static [&'static Table],
}

/// Whether a table may come more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// It comes once.
    No,
    /// Each has a name under this key.
    Named(&'static str),
    /// They are told apart by their number in the file, from 1.
    Numbered,
}

impl Table {
    /// The table of that name in this one.
    pub fn table(&self, name: &str) -> Option<&'static Table> {
        self.tables.iter().copied().find(|table| table.name == name)
    }
}

/// A table that holds no other.
const fn leaf(name: &'static str, keys: &'static [&'static str]) -> Table {
    Table { name, many: Many::No, keys, tables: &[] }
}

/// The whole sheet.
pub static ROOT: Table = Table {
    name: "",
    many: Many::No,
    keys: &[
        "term_sheet",
        "lease",
        "owner",
        "tenant",
        "rules",
        "tranche",
        "fee",
        "deposit",
        "prepayment",
        "commitment",
        "tax",
        "invoicing",
        "term",
        "recall",
        "service",
        "overage",
        "accounting",
        "assumption",
    ],
    tables: &[
        &LEASE,
        &OWNER,
        &TENANT,
        &RULES,
        &TRANCHE,
        &FEE,
        &DEPOSIT,
        &PREPAYMENT,
        &COMMITMENT,
        &TAX,
        &INVOICING,
        &TERM,
        &RECALL,
        &SERVICE,
        &OVERAGE,
        &ACCOUNTING,
        &ASSUMPTION,
    ],
};

pub(super) static LEASE: Table =
    leaf("lease", &["id", "title", "currency", "zone", "signed", "anchor", "version", "effective"]);

pub(super) static OWNER: Table = Table {
    name: "owner",
    many: Many::No,
    keys: &[
        "id",
        "name",
        "notices",
        "vat_id",
        "address",
        "registration",
        "endpoint",
        "contact",
        "bank",
    ],
    tables: &[&ADDRESS, &REGISTRATION, &ENDPOINT, &CONTACT, &BANK],
};

pub(super) static TENANT: Table = Table {
    name: "tenant",
    many: Many::No,
    keys: &[
        "id",
        "name",
        "notices",
        "vat_id",
        "address",
        "registration",
        "endpoint",
        "contact",
        "bank",
        "related",
    ],
    tables: &[&ADDRESS, &REGISTRATION, &ENDPOINT, &CONTACT, &BANK, &RELATED],
};

pub(super) static ADDRESS: Table =
    leaf("address", &["lines", "city", "postal_code", "region", "country"]);

pub(super) static REGISTRATION: Table = leaf("registration", &["id", "scheme"]);

pub(super) static ENDPOINT: Table = leaf("endpoint", &["id", "scheme"]);

pub(super) static CONTACT: Table = leaf("contact", &["name", "telephone", "email"]);

pub(super) static BANK: Table = leaf("bank", &["account", "bank", "holder"]);

pub(super) static RELATED: Table = Table {
    name: "related",
    many: Many::Numbered,
    keys: &["from", "until", "reference"],
    tables: &[],
};

pub(super) static RULES: Table = Table {
    name: "rules",
    many: Many::No,
    keys: &["proration", "rounding", "billing"],
    tables: &[&BILLING],
};

pub(super) static BILLING: Table = leaf("billing", &["every_months", "align"]);

pub(super) static TRANCHE: Table = Table {
    name: "tranche",
    many: Many::Named("id"),
    keys: &["id", "pool", "units", "delivery", "until", "recallable", "firm", "late"],
    tables: &[&LATE],
};

pub(super) static LATE: Table =
    leaf("late", &["grace_days", "discount_per_day", "remedies", "elect_within_days", "silence"]);

pub(super) static FEE: Table = Table {
    name: "fee",
    many: Many::Named("name"),
    keys: &[
        "name",
        "tranche",
        "from",
        "from_lease_month",
        "monthly",
        "share",
        "per_accelerator_hour",
        "undisclosed",
        "invoiced",
        "days_to_pay",
    ],
    tables: &[],
};

pub(super) static DEPOSIT: Table = Table {
    name: "deposit",
    many: Many::Numbered,
    keys: &["amount", "due", "returned_within_days"],
    tables: &[],
};

pub(super) static PREPAYMENT: Table = Table {
    name: "prepayment",
    many: Many::Numbered,
    keys: &["amount", "due", "draw_from", "draw_down"],
    tables: &[&DRAW_DOWN],
};

pub(super) static DRAW_DOWN: Table = leaf("draw_down", &["share", "up_to"]);

pub(super) static COMMITMENT: Table = Table {
    name: "commitment",
    many: Many::Named("name"),
    keys: &["name", "from", "until", "amount", "every_months", "counts"],
    tables: &[],
};

pub(super) static TAX: Table = Table {
    name: "tax",
    many: Many::Numbered,
    keys: &["from", "on", "category", "rate", "exemption", "exemption_code"],
    tables: &[],
};

pub(super) static INVOICING: Table = leaf(
    "invoicing",
    &[
        "invoice_prefix",
        "credit_note_prefix",
        "buyer_reference",
        "purchase_order",
        "payment_terms",
        "note",
    ],
);

pub(super) static TERM: Table = Table {
    name: "term",
    many: Many::No,
    keys: &["last_day", "end", "initial_period_end", "owner", "tenant"],
    tables: &[&TERM_OWNER, &TERM_TENANT],
};

const EXIT_KEYS: &[&str] = &[
    "earliest_notice_served",
    "earliest_effective",
    "notice_days",
    "notice_months",
    "effective_at",
    "to",
    "penalty",
];

pub(super) static TERM_OWNER: Table =
    Table { name: "owner", many: Many::No, keys: EXIT_KEYS, tables: &[&PENALTY] };

pub(super) static TERM_TENANT: Table =
    Table { name: "tenant", many: Many::No, keys: EXIT_KEYS, tables: &[&PENALTY] };

pub(super) static PENALTY: Table = leaf(
    "penalty",
    &["fixed", "months_of_fee", "share_of_remaining", "substantive", "by", "on", "reference"],
);

pub(super) static RECALL: Table = Table {
    name: "recall",
    many: Many::No,
    keys: &[
        "triggers",
        "first_not_before",
        "most_events_per_day",
        "most_events_per_month",
        "most_events_per_year",
        "longest",
        "least_gap",
        "rest_after_return",
        "most_accelerator_hours_per_year",
        "offer_back_within",
        "acknowledge_within",
        "class",
        "blackout",
        "drain",
        "abatement",
        "compensation",
        "election",
    ],
    tables: &[&CLASS, &BLACKOUT, &DRAIN, &ABATEMENT, &COMPENSATION, &ELECTION],
};

pub(super) static CLASS: Table = Table {
    name: "class",
    many: Many::Named("name"),
    keys: &["name", "notice", "most_units", "multiplier", "triggers"],
    tables: &[],
};

pub(super) static BLACKOUT: Table = Table {
    name: "blackout",
    many: Many::Numbered,
    keys: &["from", "until", "yearly", "reason"],
    tables: &[],
};

pub(super) static DRAIN: Table =
    Table { name: "drain", many: Many::No, keys: &["length", "cut"], tables: &[&CUT] };

pub(super) static CUT: Table = leaf("cut", &["after"]);

pub(super) static ABATEMENT: Table = leaf("abatement", &["multiple", "cap"]);

pub(super) static COMPENSATION: Table =
    leaf("compensation", &["per_accelerator_hour", "stop_loss_per_year"]);

pub(super) static ELECTION: Table =
    leaf("election", &["more_than", "within_days", "right", "elect_within_days"]);

pub(super) static SERVICE: Table = Table {
    name: "service",
    many: Many::No,
    keys: &["availability", "chronic", "latency"],
    tables: &[&AVAILABILITY, &CHRONIC, &LATENCY],
};

pub(super) static AVAILABILITY: Table = Table {
    name: "availability",
    many: Many::No,
    keys: &["ladder", "basis", "cap", "interval", "excused"],
    tables: &[&LADDER],
};

pub(super) static LADDER: Table =
    Table { name: "ladder", many: Many::Numbered, keys: &["below", "credit"], tables: &[] };

pub(super) static CHRONIC: Table = leaf("chronic", &["below", "months", "within_months"]);

pub(super) static LATENCY: Table = Table {
    name: "latency",
    many: Many::Numbered,
    keys: &["input_tokens_to", "percentile", "first_token_ms", "per_token_ms"],
    tables: &[],
};

pub(super) static OVERAGE: Table = Table {
    name: "overage",
    many: Many::No,
    keys: &["per_accelerator_hour", "up_to", "tokens"],
    tables: &[&TOKENS],
};

pub(super) static TOKENS: Table = leaf("tokens", &["input", "cached", "output"]);

pub(super) static ACCOUNTING: Table = leaf(
    "accounting",
    &["standard", "recognition", "owner_exit_shortens", "expedients", "by", "on", "reference"],
);

pub(super) static ASSUMPTION: Table =
    Table { name: "assumption", many: Many::Numbered, keys: &["about", "text"], tables: &[] };

/// Every key of the format as a dotted path (`tranche.late.grace_days`), in order.
pub fn paths() -> Vec<String> {
    let mut found = Vec::new();
    collect(&ROOT, "", &mut found);
    found
}

/// Paths of the tables that have this key, at most three of them.
pub fn tables_with(key: &str) -> Vec<String> {
    let ends = format!(".{key}");
    let holders =
        paths().into_iter().filter_map(|path| path.strip_suffix(&ends).map(str::to_owned));
    holders.take(3).collect()
}

fn collect(table: &Table, prefix: &str, found: &mut Vec<String>) {
    for key in table.keys {
        let path = format!("{prefix}{key}");
        found.push(path.clone());
        if let Some(inner) = table.table(key) {
            collect(inner, &format!("{path}."), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &Table) {
        for inner in table.tables {
            assert!(table.keys.contains(&inner.name), "{} in {}", inner.name, table.name);
            check(inner);
        }
    }

    #[test]
    fn every_table_is_a_key_of_the_one_that_holds_it() {
        check(&ROOT);
        assert!(paths().contains(&"tranche.late.grace_days".to_owned()));
        assert!(paths().contains(&"service.availability.ladder.below".to_owned()));
    }
}
