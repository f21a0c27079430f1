//! The faults of the matrix, for one call.

use trailkeeper::emulator::{Fault, Then};

/// Longer than any patience.
const FOREVER: u32 = 2_000;

/// Everything that can happen to a call, each with a word for it: the `nth` call of this operation, which is the
/// run's call number `index`. Both count from 1.
pub(crate) fn all(operation: &str, nth: u32, index: u32, writes: bool) -> Vec<(&'static str, Vec<Fault>)> {
    let on = |nth, then| Fault { on: operation.to_owned(), nth: Some(nth), then };
    let one = |then| vec![on(nth, then)];
    let at = |index, then| Fault { on: "*".to_owned(), nth: Some(index), then };
    let from = |then: Then| (nth..nth + 200).map(|nth| on(nth, then.clone())).collect::<Vec<_>>();
    let not_yet = |times| Then::NotYet { code: "InsufficientS3BucketPolicyException".to_owned(), times };
    let mut all = vec![
        ("throttled", one(Then::Throttled { times: 2 })),
        ("throttled forever", one(Then::ThrottledForever)),
        ("denied", one(Then::Denied)),
        ("denied from then on", from(Then::Denied)),
        ("unavailable", one(Then::Unavailable)),
        ("unavailable from then on", from(Then::Unavailable)),
        ("a web page", one(Then::Html)),
        ("a failure after the fact", one(Then::InternalFailure)),
        ("failures after the fact from then on", from(Then::InternalFailure)),
        ("reset", one(Then::Reset)),
        ("lost", one(Then::Lost)),
        ("lost from then on", from(Then::Lost)),
        ("slow", one(Then::Slow { seconds: 5 })),
        ("slower than the patience", one(Then::Slow { seconds: 60 })),
        ("crash", one(Then::Crash)),
        ("crash after the fact", vec![on(nth, Then::Lost), at(index + 1, Then::Crash)]),
    ];
    if writes {
        all.extend([
            ("conflict", one(Then::Conflict { times: 3 })),
            ("conflict forever", one(Then::Conflict { times: FOREVER })),
            ("a dependency not known yet", one(not_yet(3))),
            ("a dependency never known", one(not_yet(FOREVER))),
            (
                "an error",
                one(Then::Error { code: "InvalidParameterException".to_owned(), message: "no".to_owned() }),
            ),
            ("seen late", one(Then::Stale { reads: 1 })),
            ("seen later", one(Then::Stale { reads: 7 })),
            ("never seen", one(Then::Stale { reads: FOREVER })),
            ("settling late", one(Then::Settling { reads: 12 })),
            // Longer than apply waits, and not so long that the next run finds it still so.
            ("settling too late", one(Then::Settling { reads: 60 })),
            ("lost and seen late", vec![at(index - 1, Then::Stale { reads: 4 }), on(nth, Then::Lost)]),
        ]);
    }
    all
}

/// Whether they strike one call, and perhaps its repetition, and nothing after it.
pub(crate) fn passes(faults: &[Fault]) -> bool {
    let lasting = |then: &Then| matches!(then, Then::ThrottledForever | Then::Stale { .. } | Then::Crash);
    matches!(faults, [Fault { then, .. }] if !lasting(then))
}
