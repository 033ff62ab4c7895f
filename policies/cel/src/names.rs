//! Finds the variables, functions and types that an expression names and nobody provides.

use std::fmt;
use std::sync::Arc;

use engine::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue};
use engine::parser::pratt_parser::{Lexer, TokenKind};
use engine::{Context, Env, ExecutionError, Value};

/// What stands before the dot of a function that is no method.
const NAMESPACES: [&str; 3] = ["lists", "math", "optional"];

/// The variables that every expression has.
const VARIABLES: [&str; 4] = ["suggestion", "facts", "findings", "data"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Variable,
    Function,
    Type,
}

/// A name that stands for nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct Unknown {
    kind: Kind,
    name: String,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name } = self;
        match kind {
            Kind::Variable => write!(f, "there is no variable `{name}`; known are {}", VARIABLES.join(", ")),
            Kind::Function => write!(f, "there is no function `{name}`"),
            Kind::Type => write!(f, "there is no type `{name}`"),
        }
    }
}

impl Unknown {
    /// Where the name stands first: as a function before a parenthesis, as a variable not behind a dot.
    pub fn offset_in(&self, source: &str) -> usize {
        let mut lexer = Lexer::new(source);
        let mut behind_dot = false;
        loop {
            let token = lexer.lex();
            if matches!(token.kind, TokenKind::TokEnd | TokenKind::TokError) {
                return 0;
            }
            let named = token.kind == TokenKind::TokIdent && source.get(token.start..token.end) == Some(&self.name);
            let here = match self.kind {
                Kind::Variable => !behind_dot,
                Kind::Function => before(source, token.end, '('),
                Kind::Type => before(source, token.end, '{'),
            };
            if named && here {
                return token.start;
            }
            if !matches!(token.kind, TokenKind::TokWhitespace | TokenKind::TokComment) {
                behind_dot = token.kind == TokenKind::TokDot;
            }
        }
    }
}

fn before(source: &str, end: usize, what: char) -> bool {
    source.get(end..).is_some_and(|rest| rest.trim_start().starts_with(what))
}

/// The first name that stands for nothing.
pub fn unknown(env: &Arc<Env>, expression: &IdedExpr) -> Option<Unknown> {
    let context = Context::with_env(Arc::clone(env));
    Search { env, context, bound: VARIABLES.to_vec() }.look(expression)
}

struct Search<'a> {
    env: &'a Env,
    context: Context<'static, 'static>,
    /// The names that stand for something here.
    bound: Vec<&'a str>,
}

impl<'a> Search<'a> {
    fn look(&mut self, at: &'a IdedExpr) -> Option<Unknown> {
        match &at.expr {
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => self.look(&select.operand),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::List(list) => list.elements.iter().find_map(|element| self.look(element)),
            Expr::Map(map) => map.entries.iter().find_map(|entry| self.entry(&entry.expr)),
            Expr::Struct(made) => Some(Unknown { kind: Kind::Type, name: made.type_name.clone() }),
            Expr::Literal(_) | Expr::Unspecified => None,
        }
    }

    fn entry(&mut self, entry: &'a EntryExpr) -> Option<Unknown> {
        match entry {
            EntryExpr::StructField(field) => self.look(&field.value),
            EntryExpr::MapEntry(entry) => self.look(&entry.key).or_else(|| self.look(&entry.value)),
        }
    }

    fn variable(&self, name: &str) -> Option<Unknown> {
        let known = self.bound.contains(&name) || self.env.types().find_type(name).is_some();
        (!known).then(|| Unknown { kind: Kind::Variable, name: name.to_owned() })
    }

    fn comprehension(&mut self, of: &'a ComprehensionExpr) -> Option<Unknown> {
        let outside = self.look(&of.iter_range).or_else(|| self.look(&of.accu_init));
        let bound = self.bound.len();
        self.bound.push(&of.accu_var);
        let result = outside.or_else(|| self.look(&of.result));
        self.bound.push(&of.iter_var);
        self.bound.extend(of.iter_var2.as_deref());
        let inside = result.or_else(|| self.look(&of.loop_cond)).or_else(|| self.look(&of.loop_step));
        self.bound.truncate(bound);
        inside
    }

    fn call(&mut self, call: &'a CallExpr) -> Option<Unknown> {
        let namespace = call.target.as_deref().filter(|target| self.is_namespace(target));
        // Operators are called by names that no text can spell.
        if call.func_name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            if let Some(unknown) = self.function(call, namespace) {
                return Some(unknown);
            }
        }
        let target = call.target.as_deref().filter(|_| namespace.is_none());
        target.into_iter().chain(&call.args).find_map(|part| self.look(part))
    }

    /// Whether it is the `math` of `math.ceil(…)`: a name of no variable.
    fn is_namespace(&self, target: &IdedExpr) -> bool {
        match &target.expr {
            Expr::Ident(name) => !self.bound.contains(&name.as_str()),
            Expr::Select(select) => !select.test && self.is_namespace(&select.operand),
            _ => false,
        }
    }

    /// Calls a function with nothing at all: one that there is fails otherwise than one that there is not.
    fn function(&self, call: &CallExpr, namespace: Option<&IdedExpr>) -> Option<Unknown> {
        let null = || IdedExpr { id: 0, expr: Expr::Literal(LiteralValue::Null) };
        let target = call.target.as_ref().map(|_| namespace.cloned().unwrap_or_else(null));
        let call = CallExpr { func_name: call.func_name.clone(), target: target.map(Box::new), args: Vec::new() };
        let probe = IdedExpr { id: 0, expr: Expr::Call(call.clone()) };
        match Value::resolve(&probe, &self.context) {
            Err(ExecutionError::UndeclaredReference(name))
                if *name != call.func_name && !NAMESPACES.contains(&name.as_str()) =>
            {
                Some(Unknown { kind: Kind::Variable, name: name.to_string() })
            }
            Err(ExecutionError::UndeclaredReference(_)) => Some(Unknown { kind: Kind::Function, name: call.func_name }),
            _ => None,
        }
    }
}
