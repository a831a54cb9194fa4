//! Has the crate built again when the web page was: what is embedded is otherwise looked at once.

fn main() {
    // Cargo takes a folder that is not there for one that always changed.
    let page = std::path::Path::new("../ui/dist");
    if page.parent().is_some_and(std::path::Path::exists) && !page.exists() {
        std::fs::create_dir(page).ok();
    }
    println!("cargo:rerun-if-changed=../ui/dist");
}
