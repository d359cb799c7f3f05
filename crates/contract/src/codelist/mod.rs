//! The code lists that term sheets and documents quote, as EN 16931 and Peppol name them, and the
//! check digits of what is quoted: one list for whoever reads them and whoever writes them.

mod identifiers;

pub use identifiers::check_digit_fault;

/// Electronic address schemes (EAS): BR-CL-25.
const EAS: &str = "0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 \
    0170 0177 0183 0184 0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203 0204 \
    0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218 0219 0220 0221 0225 0230 0235 0240 0244 \
    0245 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929 9930 9931 9932 \
    9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 \
    9952 9953 9957 9959 AN AQ AS AU EM";

/// Countries by ISO 3166-1 alpha-2, with Northern Ireland and Kosovo as EN 16931 has them:
/// BR-CL-14.
const COUNTRIES: &str = "1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH \
    BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY \
    CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP \
    GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM \
    KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR \
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS \
    PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD \
    TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT \
    ZA ZM ZW";

/// Reasons why no tax is charged (VATEX): BR-CL-22. Each without its prefix `VATEX-`.
const VATEX: &str = "EU-79-C EU-132 EU-132-1A EU-132-1B EU-132-1C EU-132-1D EU-132-1E EU-132-1F \
    EU-132-1G EU-132-1H EU-132-1I EU-132-1J EU-132-1K EU-132-1L EU-132-1M EU-132-1N EU-132-1O \
    EU-132-1P EU-132-1Q EU-135-1 EU-143 EU-143-1A EU-143-1B EU-143-1C EU-143-1D EU-143-1E EU-143-1F \
    EU-143-1FA EU-143-1G EU-143-1H EU-143-1I EU-143-1J EU-143-1K EU-143-1L EU-144 EU-146-1E EU-159 \
    EU-309 EU-148 EU-148-A EU-148-B EU-148-C EU-148-D EU-148-E EU-148-F EU-148-G EU-151 EU-151-1A \
    EU-151-1AA EU-151-1B EU-151-1C EU-151-1D EU-151-1E EU-G EU-O EU-IC EU-AE EU-D EU-F EU-I EU-J \
    FR-FRANCHISE FR-CNWVAT EU-153 FR-CGI261-1 FR-CGI261-2 FR-CGI261-3 FR-CGI261-4 FR-CGI261-5 \
    FR-CGI261-7 FR-CGI261-8 FR-CGI261A FR-CGI261B FR-CGI261C-1 FR-CGI261C-2 FR-CGI261C-3 \
    FR-CGI261D-1 FR-CGI261D-1BIS FR-CGI261D-2 FR-CGI261D-3 FR-CGI261D-4 FR-CGI261E-1 FR-CGI261E-2 \
    FR-CGI277A FR-CGI275 FR-298SEXDECIESA FR-CGI295 FR-AE";

/// Currencies that the list of EN 16931 lacks: it has older codes in their place. BR-CL-04.
const CURRENCIES_NOT_LISTED: [&str; 2] = ["STN", "XCG"];

/// ICD codes (ISO 6523) run from 0002 to this, but for [`ICD_GAPS`]: BR-CL-10, BR-CL-11.
const ICD_LAST: u16 = 245;
const ICD_GAPS: [u16; 4] = [92, 103, 181, 182];

fn listed(list: &str, code: &str) -> bool {
    list.split_ascii_whitespace().any(|listed| listed == code)
}

/// Whether electronic addresses have a scheme of that code.
pub fn is_address_scheme(code: &str) -> bool {
    listed(EAS, code)
}

/// Whether identifiers have a scheme of that code.
pub fn is_identifier_scheme(code: &str) -> bool {
    let form = code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit());
    let number = code.parse().ok().filter(|_| form);
    number.is_some_and(|n: u16| (2..=ICD_LAST).contains(&n) && !ICD_GAPS.contains(&n))
}

/// Whether EN 16931 lists a currency of the books.
pub fn is_currency(code: &str) -> bool {
    !CURRENCIES_NOT_LISTED.contains(&code)
}

/// Whether a country has that code.
pub fn is_country(code: &str) -> bool {
    listed(COUNTRIES, code)
}

/// Whether a VAT identifier begins with its country: BR-CO-09. Greece writes EL.
pub fn has_country_prefix(vat_id: &str) -> bool {
    vat_id.get(..2).is_some_and(|prefix| prefix == "EL" || is_country(prefix))
}

/// Whether an exemption has that code.
pub fn is_exemption(code: &str) -> bool {
    code.strip_prefix("VATEX-").is_some_and(|code| listed(VATEX, code))
}

/// The forms of VAT identifiers by their first two characters, after them: `9` stands for a digit,
/// `A` for a letter, `*` for either; several forms stand apart by blanks. Member states as the
/// Commission's VIES lists them, besides Norway, Switzerland and the United Kingdom.
const VAT_FORMS: &[(&str, &str)] = &[
    ("AT", "U99999999"),
    ("BE", "9999999999"),
    ("BG", "999999999 9999999999"),
    ("CH", "E999999999 E999999999AAAA E999999999AAA"),
    ("CY", "99999999A"),
    ("CZ", "99999999 999999999 9999999999"),
    ("DE", "999999999"),
    ("DK", "99999999"),
    ("EE", "999999999"),
    ("EL", "999999999"),
    ("ES", "A9999999* 99999999A"),
    ("FI", "99999999"),
    ("FR", "**999999999"),
    ("GB", "999999999 999999999999 AA999"),
    ("HR", "99999999999"),
    ("HU", "99999999"),
    ("IE", "9*99999A 9999999A 9999999AA"),
    ("IT", "99999999999"),
    ("LT", "999999999 999999999999"),
    ("LU", "99999999"),
    ("LV", "99999999999"),
    ("MT", "99999999"),
    ("NL", "*********B99"),
    ("NO", "999999999 999999999MVA"),
    ("PL", "9999999999"),
    ("PT", "999999999"),
    ("RO", "99 999 9999 99999 999999 9999999 99999999 999999999 9999999999"),
    ("SE", "999999999999"),
    ("SI", "99999999"),
    ("SK", "9999999999"),
    ("XI", "999999999 999999999999 AA999"),
];

/// Whether a VAT identifier has the form of its country; `None` where its first two characters are
/// of no country whose form is known. Its own check digits are not judged.
pub fn has_vat_form(vat_id: &str) -> Option<bool> {
    let (prefix, rest) = (vat_id.get(..2)?, vat_id.get(2..)?);
    let (_, forms) = VAT_FORMS.iter().find(|(country, _)| *country == prefix)?;
    Some(forms.split(' ').any(|form| has_form(rest, form)))
}

/// Whether `text` has that form; any other letter of a form stands for itself.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(c, form): (u8, u8)| match form {
        b'9' => c.is_ascii_digit(),
        b'A' => c.is_ascii_uppercase(),
        b'*' => c.is_ascii_digit() || c.is_ascii_uppercase(),
        letter => c == letter,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

/// Whether a bank's code is a BIC (ISO 9362), by its form.
pub fn is_bic(code: &str) -> bool {
    has_form(code, "AAAAAA**") || has_form(code, "AAAAAA*****")
}

/// Whether an account is an IBAN (ISO 13616): by its form and its check digits.
pub fn is_iban(account: &str) -> bool {
    let (Some(front), Some(rest)) = (account.get(..4), account.get(4..)) else { return false };
    let form = front.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && (15..=34).contains(&account.len())
        && account.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let digits = rest.chars().chain(front.chars()).filter_map(|c| c.to_digit(36));
    let step = |sum: u32, digit: u32| (sum * if digit < 10 { 10 } else { 100 } + digit) % 97;
    form && digits.fold(0, step) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_lists() {
        assert!(
            is_address_scheme("9930") && is_address_scheme("0088") && !is_address_scheme("9906")
        );
        assert!(is_identifier_scheme("0106") && is_identifier_scheme("0245"));
        for wrong in ["0001", "0092", "0246", "106", "+106", ""] {
            assert!(!is_identifier_scheme(wrong), "{wrong}");
        }
        assert!(is_country("DE") && !is_country("de") && !is_country("UK") && !is_country(""));
        assert!(
            has_country_prefix("EL123") && !has_country_prefix("123") && !has_country_prefix("D")
        );
        assert!(
            is_exemption("VATEX-EU-AE") && !is_exemption("EU-AE") && !is_exemption("VATEX-EU-X")
        );
    }

    #[test]
    fn vat_identifiers_have_the_form_of_their_country() {
        for right in [
            "ATU12345678",
            "BE0123456789",
            "CHE123456789MWST",
            "DE123456788",
            "ESA1234567B",
            "EL123456789",
            "FRXX123456789",
            "IE1234567FA",
            "NL123456782B90",
            "NO123456785MVA",
            "RO12",
        ] {
            assert_eq!(has_vat_form(right), Some(true), "{right}");
        }
        for wrong in ["DE12345678", "DE1234567890", "NL123456782A90", "DEU23456789", "AT12345678"] {
            assert_eq!(has_vat_form(wrong), Some(false), "{wrong}");
        }
        for unknown in ["US123", "de123456788", "", "D", "\u{e9}\u{e9}1"] {
            assert_eq!(has_vat_form(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn bics_are_known_by_their_form() {
        assert!(is_bic("BYLADEM1001") && is_bic("DEUTDEFF"));
        assert!(!is_bic("DEUTDEF") && !is_bic("021000021") && !is_bic("deutdeff"));
    }

    #[test]
    fn an_iban_is_known_by_its_check_digits() {
        assert!(is_iban("DE02120300000000202051") && is_iban("GB33BUKB20201555555555"));
        assert!(!is_iban("DE03120300000000202051") && !is_iban("021000021-12345678"));
        assert!(!is_iban("") && !is_iban("DE02 1203 0000 0000 2020 51"));
    }
}
