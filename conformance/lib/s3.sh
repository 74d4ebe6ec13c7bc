# shellcheck shell=bash
# Sourced after tools.sh and processes.sh: an S3 server on loopback for the run of one script.
#
#   start_s3 BUCKET     starts versitygw over a folder in $WORK_DIR, with one empty bucket; sets S3_ENDPOINT and exports
#                       the credentials the way every AWS SDK reads them

start_s3() { # bucket
    local program port
    program=$(build_tool versitygw) || return
    free_port port || return
    mkdir -p "$WORK_DIR/s3/buckets/$1"
    export AWS_ACCESS_KEY_ID=conformance AWS_SECRET_ACCESS_KEY=conformance-secret AWS_EC2_METADATA_DISABLED=true
    export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
    unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3
    S3_ENDPOINT=http://127.0.0.1:$port
    start_process s3 env ROOT_ACCESS_KEY="$AWS_ACCESS_KEY_ID" ROOT_SECRET_KEY="$AWS_SECRET_ACCESS_KEY" \
        "$program" --port "127.0.0.1:$port" --quiet --keep-alive posix "$WORK_DIR/s3/buckets"
    wait_until 30 "the S3 server (versitygw) to listen on $S3_ENDPOINT" port_open "$port"
}
