//! What an unquoted scalar is: nothing, true or false, a number, or text.
//! The YAML 1.2 core schema as serde_yaml reads it, so that reading an export gives what was written.

use serde_yaml::{Number, Value};

/// The value of an unquoted scalar. `.inf` and `.nan` give numbers that are not finite.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    // Leading zeros make text (YAML 1.2.2, §10.3.2): the account id 012345678901 keeps its zero.
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    integer(text).or_else(|| float(text))
}

fn integer(text: &str) -> Option<Number> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (radix, digits) = match unsigned.get(..2) {
        Some("0x") => (16, &unsigned[2..]),
        Some("0o") => (8, &unsigned[2..]),
        Some("0b") => (2, &unsigned[2..]),
        _ => (10, unsigned),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    if negative {
        i64::from_str_radix(&format!("-{digits}"), radix).ok().map(Number::from)
    } else {
        u64::from_str_radix(digits, radix).ok().map(Number::from)
    }
}

fn float(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let value = match unsigned {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        ".nan" | ".NaN" | ".NAN" if unsigned == text => f64::NAN,
        _ if unsigned.starts_with(['+', '-']) => return None,
        _ => unsigned.parse().ok().filter(|value: &f64| value.is_finite())?,
    };
    Some(Number::from(if text.starts_with('-') { -value } else { value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_what_serde_yaml_says() {
        let texts = [
            "~",
            "null",
            "NULL",
            "nUll",
            "true",
            "True",
            "yes",
            "no",
            "on",
            "0",
            "-0",
            "+1",
            "00",
            "012345678901",
            "-07",
            "111122223333",
            "18446744073709551615",
            "-9223372036854775808",
            "0x1F",
            "-0x1f",
            "0o17",
            "0b101",
            "0x",
            "0xg",
            "1_000",
            "12:30:45",
            "2026-11-20",
            "1.5",
            ".5",
            "5.",
            "1e3",
            "-1.5E-3",
            "1e999",
            ".inf",
            "-.INF",
            "+.inf",
            ".nan",
            "+.nan",
            "-.nan",
            "nan",
            "inf",
            "+",
            "-",
            ".",
            "++1",
            "+-1",
            "--1",
            "1.2.3",
            "0.0",
            "-0.0",
            "07.5",
            "0e0",
        ];
        for text in texts {
            assert_eq!(
                plain(text),
                serde_yaml::from_str::<Value>(&format!("[{text}]")).unwrap()[0],
                "{text}"
            );
        }
    }
}
