//! TEXT <-> Desired. The only module that knows YAML.
