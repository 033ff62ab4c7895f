//! The Model Context Protocol, for assistants that speak it: on standard input and output, and over HTTP.

mod tools;

use std::sync::Arc;

use axum::Router;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, Implementation, JsonObject, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer, ServiceExt as _};
use rmcp::transport::stdio;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use tracing::{Instrument as _, Span};

use crate::access::Principal;
use crate::web::App;

/// Where it is served over HTTP.
pub const PATH: &str = "/mcp";

/// What an assistant is told when it connects.
const INSTRUCTIONS: &str = "Countersign decides what may happen to a change of a CRM record. Suggest each change with \
    suggest_change and do what the outcome says: `apply` means that it may be made; `review` that a person is asked, \
    `human-only` that people make it themselves, `reject` that it ends. Read the reasons before suggesting anything again. \
    check_change tells beforehand what would be decided.";

/// Answers one client.
#[derive(Clone)]
struct Server {
    app: Arc<App>,
    /// Who asks on standard input; over HTTP each request says so.
    principal: Option<Arc<Principal>>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("countersign", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools::all().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let request = context.extensions.get::<axum::http::request::Parts>();
        let of_request = || request?.extensions.get::<Arc<Principal>>().cloned();
        let principal = self.principal.clone().or_else(of_request);
        let span = request.and_then(|parts| parts.extensions.get::<Span>().cloned()).unwrap_or_else(Span::none);
        let principal = principal.ok_or_else(|| ErrorData::internal_error("nobody is known to ask", None))?;
        let arguments: JsonObject = call.arguments.unwrap_or_default();
        let said = tools::call(&self.app, principal, &call.name, arguments).instrument(span).await?;
        Ok(match said {
            Ok(answer) => CallToolResult::structured(answer),
            // What is wrong is an answer that an assistant reads and mends, not an error of the protocol.
            Err(problem) => CallToolResult::structured_error(problem),
        }
        .into())
    }
}

/// Answers one client on standard input and output, until it closes them.
///
/// # Errors
/// Why the two do not understand each other.
pub async fn on_stdio(app: Arc<App>, principal: Arc<Principal>) -> Result<(), String> {
    let server = Server { app, principal: Some(principal) };
    let running = server.serve(stdio()).await.map_err(|error| error.to_string())?;
    running.waiting().await.map(|_| ()).map_err(|error| error.to_string())
}

/// Answers clients over HTTP. Requests have been let in before; each stands for itself.
pub fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let app = Arc::clone(app);
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(2 * crate::model::MAX_LINE_BYTES)
        // A page that is led here by a forged name has no token. One that sends where it is from is no assistant.
        .disable_allowed_hosts()
        .enforce_origin_validation();
    let server = move || Ok(Server { app: Arc::clone(&app), principal: None });
    Router::new()
        .route_service(PATH, StreamableHttpService::new(server, Arc::new(NeverSessionManager::default()), config))
}
