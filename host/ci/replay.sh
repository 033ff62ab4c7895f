#!/bin/sh
# Holds the sets of this change against those of the main branch, over suggestions with known truth, and fails if a
# limit of the budget is exceeded. Needs `countersign` and `git` on the path, and no ledger.
#
#   sets/<name>.toml   the set; modules and rules beside it are named relative to it
#   replay/            suggestions.jsonl, labels.jsonl, budget.toml
#
# Leaves replay.md (for the pull request), replay.html (with plots), replay.xml (JUnit) and replay.json.
set -eu
set_name=${1:?name of the set}
main_branch=${2:-origin/main}
before=$(mktemp -d)
trap 'git worktree remove --force "$before"' EXIT
git worktree add --quiet --detach "$before" "$main_branch"
countersign replay --candidate "sets/$set_name.toml" --baseline "$before/sets/$set_name.toml" \
  --input replay/suggestions.jsonl --labels replay/labels.jsonl --budget replay/budget.toml \
  --report replay.md --report replay.html --report replay.xml --report replay.json
