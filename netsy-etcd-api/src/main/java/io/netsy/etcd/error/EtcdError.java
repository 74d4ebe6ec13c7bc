package io.netsy.etcd.error;

import io.grpc.Status;

/**
 * The errors of the etcd API with their gRPC code and exact text (etcd semantics, section 4). Go clients recognise an
 * error by its text, so one changed letter makes it another error.
 */
public enum EtcdError {
    EMPTY_KEY(Status.Code.INVALID_ARGUMENT, "key is not provided"),
    KEY_NOT_FOUND(Status.Code.INVALID_ARGUMENT, "key not found"),
    VALUE_PROVIDED(Status.Code.INVALID_ARGUMENT, "value is provided"),
    LEASE_PROVIDED(Status.Code.INVALID_ARGUMENT, "lease is provided"),
    TOO_MANY_OPERATIONS(Status.Code.INVALID_ARGUMENT, "too many operations in txn request"),
    DUPLICATE_KEY(Status.Code.INVALID_ARGUMENT, "duplicate key given in txn request"),
    INVALID_SORT_OPTION(Status.Code.INVALID_ARGUMENT, "invalid sort option"),
    REQUEST_TOO_LARGE(Status.Code.INVALID_ARGUMENT, "request is too large"),
    INVALID_CLIENT_API_VERSION(Status.Code.INVALID_ARGUMENT, "invalid client api version"),
    COMPACTED(Status.Code.OUT_OF_RANGE, "mvcc: required revision has been compacted"),
    FUTURE_REVISION(Status.Code.OUT_OF_RANGE, "mvcc: required revision is a future revision"),
    NO_SPACE(Status.Code.RESOURCE_EXHAUSTED, "mvcc: database space exceeded"),
    TOO_MANY_REQUESTS(Status.Code.RESOURCE_EXHAUSTED, "too many requests"),
    LEASE_NOT_FOUND(Status.Code.NOT_FOUND, "requested lease not found"),
    LEASE_EXISTS(Status.Code.FAILED_PRECONDITION, "lease already exists"),
    LEASE_TTL_TOO_LARGE(Status.Code.OUT_OF_RANGE, "too large lease TTL"),
    WATCH_CANCELED(Status.Code.CANCELLED, "watch canceled"),
    MEMBER_NOT_FOUND(Status.Code.NOT_FOUND, "member not found"),
    MEMBER_EXISTS(Status.Code.FAILED_PRECONDITION, "member ID already exist"),
    PEER_URLS_EXIST(Status.Code.FAILED_PRECONDITION, "Peer URLs already exists"),
    MEMBER_NOT_LEARNER(Status.Code.FAILED_PRECONDITION, "can only promote a learner member"),
    LEARNER_NOT_READY(
            Status.Code.FAILED_PRECONDITION, "can only promote a learner member which is in sync with leader"),
    TOO_MANY_LEARNERS(Status.Code.FAILED_PRECONDITION, "too many learner members in cluster"),
    CLUSTER_ID_MISMATCH(Status.Code.FAILED_PRECONDITION, "cluster ID mismatch"),
    NOT_ENOUGH_STARTED_MEMBERS(Status.Code.UNKNOWN, "re-configuration failed due to not enough started members"),
    BAD_MEMBER_URLS(Status.Code.INVALID_ARGUMENT, "given member URLs are invalid"),
    ROOT_USER_MISSING(Status.Code.FAILED_PRECONDITION, "root user does not exist"),
    ROOT_ROLE_MISSING(Status.Code.FAILED_PRECONDITION, "root user does not have root role"),
    USER_EXISTS(Status.Code.FAILED_PRECONDITION, "user name already exists"),
    USER_EMPTY(Status.Code.INVALID_ARGUMENT, "user name is empty"),
    USER_NOT_FOUND(Status.Code.FAILED_PRECONDITION, "user name not found"),
    ROLE_EXISTS(Status.Code.FAILED_PRECONDITION, "role name already exists"),
    ROLE_NOT_FOUND(Status.Code.FAILED_PRECONDITION, "role name not found"),
    ROLE_EMPTY(Status.Code.INVALID_ARGUMENT, "role name is empty"),
    AUTH_FAILED(Status.Code.INVALID_ARGUMENT, "authentication failed, invalid user ID or password"),
    PERMISSION_NOT_GIVEN(Status.Code.INVALID_ARGUMENT, "permission not given"),
    PERMISSION_DENIED(Status.Code.PERMISSION_DENIED, "permission denied"),
    ROLE_NOT_GRANTED(Status.Code.FAILED_PRECONDITION, "role is not granted to the user"),
    PERMISSION_NOT_GRANTED(Status.Code.FAILED_PRECONDITION, "permission is not granted to the role"),
    AUTH_NOT_ENABLED(Status.Code.FAILED_PRECONDITION, "authentication is not enabled"),
    INVALID_AUTH_TOKEN(Status.Code.UNAUTHENTICATED, "invalid auth token"),
    INVALID_AUTH_MANAGEMENT(Status.Code.INVALID_ARGUMENT, "invalid auth management"),
    AUTH_OLD_REVISION(Status.Code.INVALID_ARGUMENT, "revision of auth store is old"),
    NO_LEADER(Status.Code.UNAVAILABLE, "no leader"),
    NOT_LEADER(Status.Code.FAILED_PRECONDITION, "not leader"),
    LEADER_CHANGED(Status.Code.UNAVAILABLE, "leader changed"),
    STOPPED(Status.Code.UNAVAILABLE, "server stopped"),
    TIMED_OUT(Status.Code.UNAVAILABLE, "request timed out"),
    UNHEALTHY(Status.Code.UNAVAILABLE, "unhealthy cluster"),
    CORRUPT(Status.Code.DATA_LOSS, "corrupt cluster"),
    BAD_LEADER_TRANSFEREE(Status.Code.FAILED_PRECONDITION, "bad leader transferee"),
    WRONG_DOWNGRADE_VERSION_FORMAT(Status.Code.INVALID_ARGUMENT, "wrong downgrade target version format"),
    INVALID_DOWNGRADE_VERSION(Status.Code.INVALID_ARGUMENT, "invalid downgrade target version");

    private final Status.Code code;
    private final String message;

    EtcdError(Status.Code code, String text) {
        this.code = code;
        this.message = "etcdserver: " + text;
    }

    /** The gRPC status as it goes over the wire. */
    public Status status() {
        return code.toStatus().withDescription(message);
    }

    /** The text with its prefix. */
    public String message() {
        return message;
    }

    public EtcdException exception() {
        return new EtcdException(this);
    }
}
