//! Several reads side by side, in one task: what they answer stands in their order, and nothing is lost
//! when one of them fails.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

/// Runs the futures side by side until all are done.
pub(super) async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Running<F>> =
        futures.into_iter().map(|future| Running::Still(Box::pin(future))).collect();
    poll_fn(|context| {
        let mut waiting = false;
        for one in &mut running {
            if let Running::Still(future) = one {
                match future.as_mut().poll(context) {
                    Poll::Ready(answer) => *one = Running::Done(answer),
                    Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    let done = running.into_iter().filter_map(|one| match one {
        Running::Done(answer) => Some(answer),
        Running::Still(_) => None,
    });
    done.collect()
}

/// The same, giving up at the first error in the futures' order once all are done.
pub(super) async fn all_together<T, E, F>(futures: impl IntoIterator<Item = F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>>,
{
    together(futures).await.into_iter().collect()
}

enum Running<F: Future> {
    Still(Pin<Box<F>>),
    Done(F::Output),
}
