//! The rule behind a bare server: axum and regorus, without a sandbox, tokens, checks of what comes in, or a record. What
//! `countersign serve` costs beyond it is the price of those.

use std::cell::RefCell;
use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use axum::serve::ListenerExt as _;
use countersign::model::Catalogue;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::inputs;
use crate::rego::Compiled;

thread_local! {
    /// A machine is used by one thread at a time.
    static RULE: RefCell<Compiled> = RefCell::new(Compiled::new(&[]));
}

/// Serves on a free port, which is the first line of the output, until it is ended.
pub fn serve() {
    let catalogue = Arc::new(inputs::catalogue());
    let answer = move |body: String| {
        let catalogue = Arc::clone(&catalogue);
        async move { ([(CONTENT_TYPE, "application/json")], answer(&catalogue, &body)) }
    };
    Builder::new_multi_thread().enable_io().build().unwrap().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        axum::serve(listener, Router::new().route("/v1/suggestions", post(answer))).await.unwrap();
    });
}

/// What the rule says of a suggestion.
fn answer(catalogue: &Catalogue, body: &str) -> String {
    let mut suggestion: Value = serde_json::from_str(body).unwrap();
    let id = suggestion["id"].clone();
    let class = |field: &Value| {
        let part = |key: &str| suggestion["target"][key].as_str().unwrap();
        &catalogue.class(part("system"), part("object"), field.as_str().unwrap()).tags
    };
    let changes = suggestion["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let fields = changes.iter().map(|change| json!({ "field": change["field"], "tags": class(&change["field"]) }));
    suggestion["fields"] = fields.collect();
    suggestion["consents"] = suggestion["context"]["consents"].take();
    // What is not there would be undefined, and no rule would hold for it.
    suggestion.as_object_mut().unwrap().entry("confidence").or_insert(Value::Null);
    let verdict = RULE.with_borrow_mut(|rule| rule.verdict(suggestion.into()));
    let verdict = serde_json::to_value(verdict).unwrap();
    json!({ "id": id, "outcome": verdict["outcome"], "codes": verdict["codes"] }).to_string()
}
