# The way back, beside trail.tf as it was: Terraform takes the trail that is there, by its ARN.
import {
  to = aws_cloudtrail.management_events
  id = "arn:aws:cloudtrail:us-east-1:111122223333:trail/management-events"
}
