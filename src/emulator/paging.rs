//! Pages of a list: `MaxResults` in, `NextToken` out. A token names the last key that was shown, so that a
//! page begins right even when something before it is gone.

use super::account::Context;
use super::error::{ServiceError, refuse};

/// The most that any list shows in one page (API reference: MaxResults 1 to 1000).
const MOST: usize = 1000;

/// One page of `entries`, which are in the order of their keys, and the token of the next.
pub(super) fn page<T>(
    context: &Context<'_>,
    entries: Vec<(String, T)>,
    max_results: Option<i64>,
    token: Option<&str>,
) -> Result<(Vec<T>, Option<String>), ServiceError> {
    let after = token.map(read_token).transpose()?;
    let asked = max_results.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
    let size = asked.min(MOST).min(context.switches.page_size.unwrap_or(MOST)).max(1);
    let mut left = entries.into_iter().filter(|(key, _)| after.is_none_or(|after| key.as_str() > after));
    let mut last = String::new();
    let mut shown = Vec::new();
    for (key, entry) in left.by_ref().take(size) {
        last = key;
        shown.push(entry);
    }
    let more = left.next().is_some();
    Ok((shown, more.then(|| format!("after:{last}"))))
}

/// Whether `max_results` is one that the model allows.
pub(super) fn in_bounds(max_results: Option<i64>) -> bool {
    max_results.is_none_or(|most| (1..=1000).contains(&most))
}

fn read_token(token: &str) -> Result<&str, ServiceError> {
    token
        .strip_prefix("after:")
        .ok_or_else(|| refuse("InvalidNextTokenException", format!("The token {token} is not valid.")))
}
