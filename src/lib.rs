//! trailkeeper keeps an AWS account's CloudTrail exactly as a committed YAML manifest says.
//!
//! # The pipeline
//!
//! ```text
//! manifest.yaml ─parse▶ Manifest ─resolve(target)▶ Desired ─┐
//!                                                           ├─settle─▶ Desired, Live ─keep─▶ Desired′ ─diff─▶ Diff ─plan─▶ Plan ─apply─▶ Applied
//! AWS or sandbox ──────────read(asks)────────────▶ Live ────┘
//! ```
//!
//! Everything from `parse` to `plan`, and all printing, is pure and synchronous. Only reading and applying
//! wait, and only they can fail half-way. The sandbox is a CloudTrail of our own behind the AWS SDK's HTTP
//! connector, so there is one code path.
//!
//! # The order of modules
//!
//! A module uses only those declared above it; a test holds this. [`privilege`] and [`aws`] use only [`name`],
//! [`resource`] and [`state`]. [`emulator`] uses nothing of ours, so that it cannot share a misunderstanding with the planner.
//!
//! # Invariants
//!
//! - The planner cannot fail and cannot wait.
//! - A plan leaves nothing to decide: one step is one API call as data.
//! - Same input, same bytes out.
//! - Apply never reads the manifest.
//! - Drift and plan cannot write: only [`apply`](mod@apply) knows the writer.
//! - Apply, then plan, is empty.
//! - Export, then plan, is empty, but for the adoption of what nobody owns.
//! - What is left alone has been copied into desired; the diff has no exceptions.
//!
//! # Glossary
//!
//! - **manifest**: the YAML, as written. **Resource, kind, key**: a CloudTrail thing; which sort; `kind/name`.
//! - **spec**: all settings of a resource, defaults filled in.
//! - **desired, live**: what the manifest asks, what the account has; in this order as arguments. Text reads
//!   `live -> desired`.
//! - **found**: a live resource with its ARN and owner.
//! - **settle**: put desired and live into one vocabulary. **Keep**: copy live into desired so that it stays as it
//!   is, with a **note**.
//! - **severity**: how soon somebody must look: critical, warning, info.
//! - **health, symptom**: what the service tells beside the settings; one thing that does not work.
//! - **unmanaged**: live, and nobody declared it; a **remark** says what makes it worth a look.
//! - **diff, change, field change**: facts, without order. **Drift**: a diff seen from the account.
//! - **verb**: create, update, replace, delete, adopt, restore, forget.
//! - **plan, step, action, call**: the decision; one line of it; one API call as data; which operation that is.
//! - **refusal, guard, permission**: why a plan may not be applied; the rule; what allows it.
//! - **weakens**: records, delivers or proves less than before.
//! - **outcome**: done, failed, skipped. **Bindings**: key to ARN, growing as apply creates.
//! - **emulator, sandbox**: our CloudTrail; the command-line mode that uses it.
//! - **problem, help**: something wrong in a manifest, with its place; what to do.

pub mod name;

pub mod resource;

pub mod state;

pub mod manifest;

pub mod settle;

pub mod keep;

pub mod diff;

pub mod plan;

pub mod privilege;

pub mod aws;

pub mod apply;

pub mod report;

pub mod cli;

pub mod emulator;
