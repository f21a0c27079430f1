//! "Did you mean": the known word that a mistyped one stands for, if one is close enough.

/// No word that a manifest knows is longer, and the time grows with the square.
const MAX_LENGTH: usize = 64;

/// How many candidates are measured: what is mistyped often must not take long.
pub(super) const MAX_CANDIDATES: usize = 300;

/// The candidate that `word` most likely means: the same letters in another spelling (`S3BucketName`,
/// `s3_bucket_name`),
/// else the one with the fewest typing mistakes, at most one in three letters. The first of equals.
pub(super) fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.chars().count() > MAX_LENGTH {
        return None;
    }
    let plain = letters(word);
    let candidates = candidates.into_iter().take(MAX_CANDIDATES);
    let measured = candidates.filter(|candidate| candidate.len() <= MAX_LENGTH).filter_map(|candidate| {
        let other = letters(candidate);
        let allowed = (plain.len().max(other.len()) / 3).max(1);
        // Letters that one word has more are mistakes, each of them.
        let near = plain.len().abs_diff(other.len()) <= allowed;
        near.then(|| (mistakes(&plain, &other), allowed, candidate))
    });
    let close =
        measured.filter(|(mistakes, allowed, candidate)| mistakes <= allowed && mistakes < &candidate.len());
    close.min_by_key(|(mistakes, _, _)| *mistakes).map(|(_, _, candidate)| candidate)
}

/// The word without case and separators, which are what differs between the API's, Terraform's and our spelling.
fn letters(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How many insertions, deletions, substitutions and swaps of neighbours make one word of the other
/// (optimal string alignment distance).
fn mistakes(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let substituted = above[j] + usize::from(x != y);
            let mut best = substituted.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == &b[j - 1] && &a[i - 1] == y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 6] = ["name", "s3BucketName", "s3KeyPrefix", "kmsKeyId", "isLogging", "tags"];

    #[test]
    fn other_spellings_and_small_mistakes_are_understood() {
        let meant = [
            ("S3BucketName", Some("s3BucketName")),
            ("s3_bucket_name", Some("s3BucketName")),
            ("s3-bucket-name", Some("s3BucketName")),
            ("nmae", Some("name")),
            ("Tag", Some("tags")),
            ("isLoging", Some("isLogging")),
            ("kmsKey", Some("kmsKeyId")),
            ("enableLogging", None),
            ("bucket", None),
            ("", None),
            ("xy", None),
        ];
        for (word, expected) in meant {
            assert_eq!(closest(word, KNOWN), expected, "{word}");
        }
        assert_eq!(closest(&"x".repeat(100_000), KNOWN), None);
        assert_eq!(closest("a", ["b", "c"]), None);
    }

    #[test]
    fn mistakes_are_counted_as_people_make_them() {
        let count = |a: &str, b: &str| mistakes(&letters(a), &letters(b));
        assert_eq!(count("partner", "partner"), 0);
        assert_eq!(count("partner-activty", "partner-activity"), 1);
        assert_eq!(count("ab", "ba"), 1);
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
