//! `show`: a saved plan once more, offline. What it was made of may have changed since.

use super::args::ShowArgs;
use super::failure::{Exit, Failure};
use super::output::{Output, Report};
use super::saved;
use crate::report::text;

pub(super) fn run(args: &ShowArgs, output: &mut Output<'_, '_>) -> Result<Exit, Failure> {
    let plan = saved::read(&args.file)?;
    let about = text::plain(&plan.about(), output.side_style());
    output.progress(&format!("{about}\n"));
    output.report(&Report {
        text: &|style| plan.text(style),
        markdown: &|bytes| plan.markdown(bytes),
        json: &|| plan.json(),
        annotations: &String::new,
    })?;
    Ok(Exit::Done)
}
