# Before: what Terraform manages.
resource "aws_cloudtrail" "management_events" {
  name                       = "management-events"
  s3_bucket_name             = "acme-trail-logs"
  is_multi_region_trail      = true
  enable_log_file_validation = true
  kms_key_id                 = "arn:aws:kms:us-east-1:111122223333:key/1c9f3a2e-4b5d-4c6e-8f70-91a2b3c4d5e6"
  tags                       = { team = "security" }

  event_selector {
    read_write_type           = "All"
    include_management_events = true

    data_resource {
      type   = "AWS::S3::Object"
      values = ["arn:aws:s3:::acme-payroll/"]
    }
  }
}
