//! What the commands tell.

use std::fmt::Display;

/// Prints one line of progress.
pub fn say(line: impl Display) {
    println!("gradlens: {line}");
}
