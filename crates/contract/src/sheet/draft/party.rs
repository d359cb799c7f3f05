//! `[owner]`, `[tenant]`, `[[tenant.related]]`.

use leasehold_types::{Date, TenantId};

use crate::diagnostic::Span;
use crate::lease::{Party, RelatedParty};
use crate::sheet::limits::RELATED_SPANS_MAX;
use crate::sheet::schema::{self, Table};
use crate::sheet::section::{At, Field, Section};
use crate::sheet::value;

use super::details::{self, DetailsDraft};
use super::judgement;

/// One side, as written.
pub(in crate::sheet) struct PartyDraft {
    pub span: Span,
    pub id: Field<TenantId>,
    pub name: Field<String>,
    pub notices: Field<Vec<String>>,
    /// Whether addresses are written, right or wrong.
    pub has_notices: bool,
    pub related: Vec<At<RelatedDraft>>,
    pub details: DetailsDraft,
}

/// A span of being related, as written.
pub(in crate::sheet) struct RelatedDraft {
    pub from: Field<Date>,
    pub until: Field<Date>,
    /// Whether an end is written, right or wrong.
    pub has_until: bool,
    pub reference: Field<String>,
}

/// Reads one side.
pub(in crate::sheet) fn read(root: &Section<'_>, spec: &'static Table) -> Option<PartyDraft> {
    let party = root.need_table(spec, |section| {
        let related = if spec.table(schema::RELATED.name).is_some() {
            section.tables(&schema::RELATED, RELATED_SPANS_MAX, |s| Some(read_related(&s)))
        } else {
            Vec::new()
        };
        Some(PartyDraft {
            span: section.span,
            id: section.need("id", value::name(TenantId::new)),
            name: section.need("name", value::text),
            notices: section.may("notices", value::addresses),
            has_notices: section.has("notices"),
            related,
            details: details::read(&section),
        })
    });
    party.map(|party| party.value)
}

fn read_related(section: &Section<'_>) -> RelatedDraft {
    RelatedDraft {
        from: section.need("from", value::date),
        until: section.may("until", value::date),
        has_until: section.has("until"),
        reference: judgement::needed_reference(section, "a related party is"),
    }
}

impl PartyDraft {
    pub(super) fn lower(&self) -> Option<Party> {
        Some(Party {
            id: self.id.clone()?.value,
            name: self.name.clone()?.value,
            notices: self.notices.clone().map(|notices| notices.value).unwrap_or_default(),
            details: self.details.lower(),
        })
    }

    pub(super) fn lower_related(&self) -> Option<Vec<RelatedParty>> {
        let lower = |related: &At<RelatedDraft>| {
            Some(RelatedParty {
                from: related.value.from?.value,
                until: related.value.until.map(|until| until.value),
                reference: related.value.reference.clone()?.value,
            })
        };
        self.related.iter().map(lower).collect()
    }
}
