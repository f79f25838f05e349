#!/usr/bin/env bash
# Reviews what a pull request changes on a stack: in the log, as the pull request's comment and as the job's summary.
# `review.sh STACK github|azure-devops`. Ends as the review does; what it wrote is shown in any case.
set -euo pipefail
stack=$1
forge=$2
comment=$(mktemp)
code=0
npx mlplatform review "$stack" --azure --comment "$comment" --post "$forge" || code=$?
if [ -s "$comment" ]; then
    if [ "$forge" = github ]; then
        cat "$comment" >>"$GITHUB_STEP_SUMMARY"
    else
        mv "$comment" "$comment.md"
        echo "##vso[task.uploadsummary]$comment.md"
    fi
fi
exit "$code"
