#!/usr/bin/env bash
# Takes one job of Azure Pipelines, then ends with the agent's exit code. What it is given is in docs/own-images.md.
set -euo pipefail
for name in AZP_URL AZP_POOL AZP_AGENT_NAME AZP_WORK AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_FEDERATED_TOKEN_FILE; do
    [ -n "${!name:-}" ] || { echo "${name} must be set" >&2; exit 64; }
done

# What a job's tools keep goes where the job works: the image's root cannot be written.
export HOME="${AZP_WORK}"

# Azure DevOps' token for the one that Kubernetes gives the pod. It lives an hour, and is in no file and no command line.
token() {
    local host="${AZURE_AUTHORITY_HOST:-https://login.microsoftonline.com/}"
    curl --fail --silent --show-error --retry 5 --retry-connrefused \
        --data-urlencode "client_id=${AZURE_CLIENT_ID}" \
        --data-urlencode "scope=499b84ac-1321-427f-aa17-267ca6975798/.default" \
        --data-urlencode "grant_type=client_credentials" \
        --data-urlencode "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer" \
        --data-urlencode "client_assertion@${AZURE_FEDERATED_TOKEN_FILE}" \
        "${host%/}/${AZURE_TENANT_ID}/oauth2/v2.0/token" | jq --exit-status --raw-output .access_token
}

# The agent reads its options from variables of this prefix, too.
registration() {
    local secret
    secret="$(token)"
    VSTS_AGENT_INPUT_TOKEN="${secret}" ./config.sh "$@" --unattended --auth pat
}

# The agent writes beside itself, and the image's root cannot be written.
cp -R "${AGENT_HOME:-/opt/agent}/." "${AGENT_FOLDER:-/agent}/"
cd "${AGENT_FOLDER:-/agent}"

# A job's environment is what the agent says that it can do: nothing of the sign-in is.
export VSO_AGENT_IGNORE="AZURE_CLIENT_ID,AZURE_TENANT_ID,AZURE_FEDERATED_TOKEN_FILE,AZURE_AUTHORITY_HOST,VSTS_AGENT_INPUT_TOKEN"

registration --replace --acceptTeeEula --url "${AZP_URL}" --pool "${AZP_POOL}" --agent "${AZP_AGENT_NAME}" --work "${AZP_WORK}"
# Off the pool's list whatever happens: with a fresh token, as the job may have taken longer than the first one lives.
trap 'registration remove || echo "the agent stays on the list of ${AZP_POOL}" >&2' EXIT

./run.sh "$@" &
agent=$!
trap 'kill -TERM "${agent}" 2>/dev/null || true' TERM INT
code=0
wait "${agent}" || code=$?
# A signal ends the first wait; the agent cancels its job and ends after it.
while kill -0 "${agent}" 2>/dev/null; do
    code=0
    wait "${agent}" || code=$?
done
exit "${code}"
