//! The committed schema of the manifest is the one that the shapes give. `UPDATE_EXPECTED=1` writes it anew.

use std::path::Path;

#[test]
fn the_manifests_schema_is_fresh_and_a_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/manifest.schema.json");
    let schema = trailkeeper::manifest::schema();
    let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "UPDATE_EXPECTED=1 refreshes it");
    assert!(jsonschema::draft7::meta::is_valid(&schema));
}
