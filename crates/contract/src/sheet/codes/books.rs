//! Faults of what the books need: the sides' details, commitments, taxes, documents.

use super::{Code, Severity, codes};

codes! { BOOKS_CODES:
    UNKNOWN_COUNTRY = Error "unknown-country"
        "a country is written by its two capital letters, like DE (ISO 3166-1)";
    UNKNOWN_SCHEME = Error "unknown-scheme"
        "the scheme of an identifier is an ICD code, that of an electronic address an EAS code, as \
         EN 16931 lists them (docs/term-sheet.md#ownerendpoint-and-tenantendpoint)";
    WRONG_CHECK_DIGIT = Error "wrong-check-digit"
        "identifiers of the schemes 0007, 0088, 0151, 0184, 0192 and 0208 carry check digits \
         (Peppol, PEPPOL-COMMON-R040 and its like)";
    VAT_ID_DOUBTFUL = Warning "vat-id-doubtful"
        "a VAT identifier begins with its country and has that country's form, without blanks \
         (docs/term-sheet.md#owner)";
    WRONG_IBAN = Error "wrong-iban"
        "an IBAN carries two check digits, by which mistyped accounts are found (ISO 13616)";
    BANK_CODE_DOUBTFUL = Warning "bank-code-doubtful"
        "beside an IBAN the bank goes by its BIC, of 8 or 11 characters (ISO 9362)";
    WRONG_EMAIL = Error "wrong-email"
        "a contact's address for mail is a name, an @ and a domain \
         (docs/term-sheet.md#ownercontact-and-tenantcontact)";
    EMPTY_CONTACT = Error "empty-contact"
        "a contact has a name, a telephone number or an address for mail \
         (docs/term-sheet.md#ownercontact-and-tenantcontact)";
    E_INVOICE_INCOMPLETE = Warning "e-invoice-incomplete"
        "where a side has an electronic address, structured invoices are meant, and they ask for \
         this (EN 16931 and Peppol BIS Billing 3)";
    DUPLICATE_COMMITMENT = Error "duplicate-commitment"
        "each commitment has a name of its own (docs/term-sheet.md#commitment)";
    COMMITMENT_ZERO = Error "commitment-zero"
        "a commitment to nothing has no effect (docs/term-sheet.md#commitment)";
    COMMITMENT_INVERTED = Error "commitment-inverted"
        "a commitment ends after it begins; `until` is the first day after it \
         (docs/term-sheet.md#commitment)";
    COMMITMENT_OUTSIDE_TERM = Error "commitment-outside-term"
        "a commitment begins within the lease and ends with it at the latest \
         (docs/term-sheet.md#commitment)";
    COMMITMENTS_OVERLAP = Warning "commitments-overlap"
        "what is charged counts towards every commitment of its day, so two at once are each trued \
         up (docs/term-sheet.md#commitment)";
    COMMITMENT_WITHOUT_USAGE = Warning "commitment-without-usage"
        "only what has a price counts towards a commitment; where nothing can, it is charged in \
         full (docs/term-sheet.md#commitment)";
    TAX_RATE_MISMATCH = Error "tax-rate-mismatch"
        "category S has a rate above zero and every other category none (EN 16931, BR-S-05 and its \
         like)";
    TAX_REASON_MISMATCH = Error "tax-reason-mismatch"
        "E, AE, K, G and O say why nothing is charged, S and Z do not (EN 16931, BR-E-10 and its \
         like)";
    UNKNOWN_EXEMPTION = Error "unknown-exemption"
        "the code of an exemption is one of the VATEX list (EN 16931, BR-CL-22)";
    EXEMPTION_DOUBTFUL = Warning "exemption-doubtful"
        "VATEX-EU-AE, -IC, -G and -O belong to the categories AE, K, G and O (EN 16931, VATEX)";
    TAX_RULES_OVERLAP = Error "tax-rules-overlap"
        "a tax rule applies from its first day until the next one for the same lines, so no two \
         begin on one day (docs/term-sheet.md#tax)";
    TAX_AFTER_END = Error "tax-after-end"
        "a tax rule begins before the lease ends (docs/term-sheet.md#tax)";
    TAX_GAP = Warning "tax-gap"
        "lines that no tax rule is about are outside the scope of any tax \
         (docs/term-sheet.md#tax)";
    TAX_SCOPE_MIXED = Warning "tax-scope-mixed"
        "an invoice outside the scope of a tax has no line within it (EN 16931, BR-O-11)";
    TAX_ID_MISSING = Warning "tax-id-missing"
        "every category but O names the owner's VAT identifier, AE and K the tenant's (EN 16931, \
         BR-S-02 and its like)";
    WRONG_PREFIX = Error "wrong-prefix"
        "numbers begin with 1 to 20 letters, digits, `-`, `_`, `.` or `/` \
         (docs/term-sheet.md#invoicing)";
    PREFIXES_ALIKE = Error "prefixes-alike"
        "no invoice and credit note have one number (docs/term-sheet.md#invoicing)";
}
