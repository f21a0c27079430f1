//! "Did you mean": the known word that a mistyped one stands for, if one is close enough.

/// No word that a manifest knows is longer, and the time grows with the square.
const MAX_LENGTH: usize = 64;

/// How many candidates are measured: what is mistyped often must not take long.
pub(super) const MAX_CANDIDATES: usize = 300;

/// The candidate that `word` most likely means: the same letters in another spelling (`S3BucketName`,
/// `s3_bucket_name`),
/// else the one with the fewest typing mistakes, at most one in three letters. The first of equals. Only the first
/// [`MAX_CANDIDATES`] are looked at.
pub(crate) fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.is_empty() || word.chars().count() > MAX_LENGTH {
        return None;
    }
    let plain = letters(word);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates.into_iter().take(MAX_CANDIDATES).filter(|one| one.len() <= MAX_LENGTH) {
        let other = letters(candidate);
        let allowed = (plain.len().max(other.len()) / 3).max(1).min(candidate.len().saturating_sub(1));
        // Only what is closer than the best so far is of interest: little has to be measured to see that it is not.
        let most = match best {
            Some((0, _)) => break,
            Some((mistakes, _)) => allowed.min(mistakes - 1),
            None => allowed,
        };
        best = mistakes(&plain, &other, most).map(|mistakes| (mistakes, candidate)).or(best);
    }
    best.map(|(_, candidate)| candidate)
}

/// The word without case and separators, which are what differs between the API's, Terraform's and our spelling.
fn letters(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// How many insertions, deletions, substitutions and swaps of neighbours make one word of the other (optimal string alignment
/// distance); none when there are more than `most`. Only the band around the diagonal is measured that can hold so few.
fn mistakes(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let far = most + 1;
    let mut before: Vec<usize> = vec![far; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut row = before.clone();
    for (i, x) in a.iter().enumerate() {
        row.fill(far);
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate().take(i + far).skip(i.saturating_sub(most)) {
            let substituted = above[j] + usize::from(x != y);
            let mut best = substituted.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == &b[j - 1] && &a[i - 1] == y {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        if row.iter().all(|mistakes| *mistakes > most) {
            return None;
        }
        // The rows move up by one; the oldest is written anew.
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    above.last().copied().filter(|mistakes| *mistakes <= most)
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
        let count = |a: &str, b: &str| mistakes(&letters(a), &letters(b), 64);
        assert_eq!(count("partner", "partner"), Some(0));
        assert_eq!(count("partner-activty", "partner-activity"), Some(1));
        assert_eq!(count("ab", "ba"), Some(1));
        assert_eq!(count("", "abc"), Some(3));
        assert_eq!(count("kitten", "sitting"), Some(3));
    }

    #[test]
    fn a_limit_changes_no_count_below_it() {
        let words = KNOWN.into_iter().chain(["nmae", "s3Bukcet", "logging", "kmsId", "ab", "ba", ""]);
        let words: Vec<Vec<char>> = words.map(letters).collect();
        for (a, b) in words.iter().flat_map(|a| words.iter().map(move |b| (a, b))) {
            let whole = mistakes(a, b, 64);
            for most in 0..16 {
                assert_eq!(mistakes(a, b, most), whole.filter(|count| *count <= most), "{a:?} {b:?} {most}");
            }
        }
    }
}
