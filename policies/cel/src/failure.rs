//! Why an expression has no value, in words that repeat no value: what is said stays on record.

use engine::{ExecutionError as Error, Value};

/// What went wrong.
pub fn said(error: &Error) -> String {
    let kind = |value: &Value| value.type_of().to_string();
    match error {
        Error::UnsupportedBinaryOperator(operator, left, right) => {
            format!("`{operator}` is not for {} and {}", kind(left), kind(right))
        }
        Error::ValuesNotComparable(left, right) => format!("{} and {} cannot be compared", kind(left), kind(right)),
        Error::UnsupportedIndex(index, of) => format!("{} is no index of {}", kind(index), kind(of)),
        Error::UnsupportedKeyType(key) => format!("{} is no key of a map", kind(key)),
        Error::UnsupportedTargetType { target } => format!("{} is no target of the function", kind(target)),
        Error::NotSupportedAsMethod { method, target } => format!("`{method}` is no method of {}", kind(target)),
        Error::DivisionByZero(_) => "division by zero".to_owned(),
        Error::RemainderByZero(_) => "remainder by zero".to_owned(),
        Error::Overflow(operator, ..) => format!("`{operator}` overflows"),
        Error::IndexOutOfBounds(_) => "an index is out of bounds".to_owned(),
        Error::DuplicateKey(_) => "a map has a key twice".to_owned(),
        Error::FunctionError { function, .. } => format!("`{function}` fails"),
        // These name what the expression names.
        Error::NoSuchKey(_)
        | Error::NoSuchOverload(_)
        | Error::UndeclaredReference(_)
        | Error::InvalidArgumentCount { .. }
        | Error::MissingArgumentOrTarget
        | Error::UnexpectedType { .. } => error.to_string(),
        _ => "the expression cannot be evaluated".to_owned(),
    }
}
