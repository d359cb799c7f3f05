//! Identifiers that carry check digits, which mistyped ones fail: Peppol checks those of six schemes
//! (PEPPOL-COMMON-R040 to R050).

/// The rule of Peppol's that an identifier of a scheme breaks, and what it is not; `None` where it
/// is right, or its scheme has no check digits.
pub fn check_digit_fault(scheme: &str, id: &str) -> Option<(&'static str, &'static str)> {
    let digits: Option<Vec<u32>> = id.chars().map(|c| c.to_digit(10)).collect();
    let is = |check: fn(&[u32]) -> bool| digits.as_deref().is_some_and(check);
    let (right, rule, what) = match scheme {
        "0088" => (is(gln), "PEPPOL-COMMON-R040", "GLN"),
        "0192" => (is(norwegian), "PEPPOL-COMMON-R041", "Norwegian organisation number"),
        "0184" => (danish(id), "PEPPOL-COMMON-R042", "Danish CVR number, like DK12345678"),
        "0208" => (is(belgian), "PEPPOL-COMMON-R043", "Belgian enterprise number"),
        "0007" => (is(swedish), "PEPPOL-COMMON-R049", "Swedish organisation number"),
        "0151" => (is(australian), "PEPPOL-COMMON-R050", "Australian business number"),
        _ => return None,
    };
    (!right).then_some((rule, what))
}

fn weighted(digits: impl Iterator<Item = u32>, weights: impl Iterator<Item = u32>) -> u32 {
    digits.zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// From the right by 1 and 3 in turn, a multiple of ten.
fn gln(digits: &[u32]) -> bool {
    let weights = [1, 3].into_iter().cycle();
    digits.len() > 1 && weighted(digits.iter().rev().copied(), weights).is_multiple_of(10)
}

/// Nine digits; from the right by 1, then 2 to 7, a multiple of eleven.
fn norwegian(digits: &[u32]) -> bool {
    let weights = std::iter::once(1).chain((2..=7).cycle());
    digits.len() == 9
        && digits.iter().any(|digit| *digit > 0)
        && weighted(digits.iter().rev().copied(), weights).is_multiple_of(11)
}

fn danish(id: &str) -> bool {
    let digits = id.strip_prefix("DK").unwrap_or_default();
    digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Ten digits, the last two 97 less the rest of the first eight by 97.
fn belgian(digits: &[u32]) -> bool {
    let number = |digits: &[u32]| digits.iter().fold(0, |sum, digit| sum * 10 + digit);
    digits.len() == 10 && number(&digits[8..]) == 97 - number(&digits[..8]) % 97
}

/// Ten digits by Luhn's rule.
fn swedish(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match place % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
    digits.len() == 10 && sum.is_multiple_of(10)
}

/// Eleven digits, the first less one, by 10, 1, 3 to 19, a multiple of 89.
fn australian(digits: &[u32]) -> bool {
    let weights = std::iter::once(10).chain((1..=19).step_by(2));
    let sum = weighted(digits.iter().copied(), weights);
    digits.len() == 11 && sum >= 10 && (sum - 10).is_multiple_of(89)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of organisations that publish them, and examples of the authorities.
    const RIGHT: [(&str, &str); 6] = [
        ("0088", "4012345000009"),
        ("0192", "974760673"),
        ("0184", "DK10150817"),
        ("0208", "0202239951"),
        ("0007", "2021005489"),
        ("0151", "51824753556"),
    ];

    #[test]
    fn right_numbers_pass_and_any_other_digit_does_not() {
        for (scheme, id) in RIGHT {
            assert_eq!(check_digit_fault(scheme, id), None, "{scheme} {id}");
            assert!(
                check_digit_fault(scheme, &id[1..]).is_some() || scheme == "0088",
                "{scheme} short"
            );
            assert!(check_digit_fault(scheme, &format!("{id}x")).is_some(), "{scheme} long");
            let last = id.len() - 1;
            let wrong = (0..10).filter(|digit| !id.ends_with(&digit.to_string()));
            for digit in wrong.filter(|_| scheme != "0184") {
                let wrong = format!("{}{digit}", &id[..last]);
                assert!(check_digit_fault(scheme, &wrong).is_some(), "{scheme} {wrong}");
            }
        }
        assert_eq!(check_digit_fault("9930", "anything"), None);
        assert!(
            check_digit_fault("0088", "").is_some()
                && check_digit_fault("0192", "000000000").is_some()
        );
    }
}
