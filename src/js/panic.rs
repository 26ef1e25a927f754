//! What becomes of a panic: JavaScript is told, since a promise of a trapped module never settles.

use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook};

use js_sys::Function;
use wasm_bindgen::JsValue;

thread_local! {
    static REPORTS: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
}

/// Calls `report`, beside those that were named before, with the message of a panic: all that run in this
/// module end with it.
pub(super) fn report_to(report: Function) {
    REPORTS.with_borrow_mut(|reports| reports.push(report));
    set_hook(Box::new(on_panic));
}

fn on_panic(info: &PanicHookInfo) {
    REPORTS.with_borrow(|reports| {
        for report in reports {
            // Nothing is left to be done about a failure of the report itself.
            let _ = report.call1(&JsValue::NULL, &info.to_string().into());
        }
    });
}
