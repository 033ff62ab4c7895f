//! Many short names, held compactly: one text and a sorted index into it.

/// A set of names.
#[derive(Default)]
pub struct List {
    /// Each name with a line break behind it.
    text: String,
    /// Where each name begins in `text`, sorted by name.
    starts: Vec<u32>,
}

impl List {
    /// An empty list with room for `entries` names of `bytes` bytes together, so that it need not
    /// move while it grows: a module never gives memory back.
    pub fn with_capacity(bytes: usize, entries: usize) -> Self {
        Self { text: String::with_capacity(bytes + entries), starts: Vec::with_capacity(entries) }
    }

    /// Adds a name. `sort` must follow before the list is asked.
    pub fn push(&mut self, name: &str) -> Result<(), String> {
        let start = u32::try_from(self.text.len()).map_err(|_| "the list is too long".to_owned())?;
        self.starts.push(start);
        self.text.push_str(name);
        self.text.push('\n');
        Ok(())
    }

    /// Brings the names into order, each once.
    pub fn sort(&mut self) {
        let text = &self.text;
        self.starts.sort_unstable_by(|a, b| name(text, *a).cmp(name(text, *b)));
        self.starts.dedup_by(|a, b| name(text, *a) == name(text, *b));
    }

    /// Whether the name is in the list.
    pub fn contains(&self, wanted: &str) -> bool {
        self.starts.binary_search_by(|start| name(&self.text, *start).cmp(wanted)).is_ok()
    }

    /// All names, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.starts.iter().map(|start| name(&self.text, *start))
    }
}

fn name(text: &str, start: u32) -> &str {
    text.get(start as usize..).and_then(|rest| rest.split('\n').next()).unwrap_or_default()
}

/// The entries of a list in the settings, or of the module's own list: one a line, so that a whole file
/// may be pasted as one entry; blank lines and comments (`//`) are passed over.
pub fn lines<'a>(given: Option<&'a [String]>, own: &'a str) -> impl Iterator<Item = &'a str> + Clone {
    let own = if given.is_some() { "" } else { own };
    let texts = given.unwrap_or_default().iter().map(String::as_str).chain(std::iter::once(own));
    texts.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_each_of_many() {
        let mut list = List::with_capacity(0, 0);
        for i in 0..10_000 {
            list.push(&format!("d{i}.example")).unwrap();
            list.push(&format!("d{i}.example")).unwrap();
        }
        list.sort();
        assert_eq!(list.iter().count(), 10_000);
        assert!((0..10_000).all(|i| list.contains(&format!("d{i}.example"))));
        assert!(!list.contains("d10000.example") && !list.contains(""));
    }

    #[test]
    fn what_is_given_replaces_what_is_built_in() {
        assert_eq!(lines(None, "a\n// no\n\n b ").collect::<Vec<_>>(), ["a", "b"]);
        let given = ["c\nd".to_owned(), "e".to_owned()];
        assert_eq!(lines(Some(&given), "a").collect::<Vec<_>>(), ["c", "d", "e"]);
        assert_eq!(lines(Some(&[]), "a").count(), 0);
    }
}
