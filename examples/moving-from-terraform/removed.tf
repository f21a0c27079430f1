# In the place of trail.tf: Terraform forgets the trail and leaves it running. Terraform 1.7 and later know this block;
# before, it is `terraform state rm aws_cloudtrail.management_events`, and only then taking trail.tf away.
removed {
  from = aws_cloudtrail.management_events

  lifecycle {
    destroy = false
  }
}
