//! What becomes of a panic: JavaScript is told, since a promise of a trapped module never settles.

use std::cell::RefCell;
use std::panic::{PanicHookInfo, set_hook};

use js_sys::Function;
use wasm_bindgen::JsValue;

thread_local! {
    static REPORT: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Calls `report` with the message of every panic from now on.
pub(super) fn report_to(report: Function) {
    REPORT.with_borrow_mut(|slot| *slot = Some(report));
    set_hook(Box::new(on_panic));
}

fn on_panic(info: &PanicHookInfo) {
    REPORT.with_borrow(|report| {
        if let Some(report) = report {
            // Nothing is left to be done about a failure of the report itself.
            let _ = report.call1(&JsValue::NULL, &info.to_string().into());
        }
    });
}
