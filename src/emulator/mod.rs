//! A CloudTrail of our own: uses nothing of ours, so it cannot share a misunderstanding with the planner.
