#!/usr/bin/env bash
# Says what was changed in Azure behind the program's back, and changes nothing, not even the state. `drift.sh STACK`.
# Ends with 7 when something is open (docs/drift.md).
set -euo pipefail
stack=$1
folder=$(mktemp -d)
# What Pulumi prints may hold what Azure answered: it stays on the machine no longer than this.
trap 'rm -rf "$folder"' EXIT
pulumi=(npx pulumi --non-interactive --stack "$stack")
"${pulumi[@]}" refresh --preview-only --json >"$folder/observed.json"
"${pulumi[@]}" preview --refresh --json >"$folder/planned.json"
code=0
npx mlplatform drift "$stack" --observed "$folder/observed.json" --planned "$folder/planned.json" \
    >"$folder/drift.txt" || code=$?
cat "$folder/drift.txt"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    { echo "### Drift of $stack" && echo '```' && cat "$folder/drift.txt" && echo '```'; } >>"$GITHUB_STEP_SUMMARY"
fi
exit "$code"
