package io.netsy.etcd.port;

/** The kind of a proposal, as etcd's metrics name it. */
public enum Operation {
    PUT("Put"),
    DELETE_RANGE("DeleteRange"),
    TXN("Txn"),
    COMPACTION("Compaction"),
    LEASE_GRANT("LeaseGrant"),
    LEASE_REVOKE("LeaseRevoke"),
    LEASE_CHECKPOINT("LeaseCheckpoint"),
    ALARM("Alarm"),
    AUTH_ENABLE("AuthEnable"),
    AUTH_DISABLE("AuthDisable"),
    USER_ADD("AuthUserAdd"),
    USER_DELETE("AuthUserDelete"),
    USER_CHANGE_PASSWORD("AuthUserChangePassword"),
    USER_GRANT_ROLE("AuthUserGrantRole"),
    USER_REVOKE_ROLE("AuthUserRevokeRole"),
    ROLE_ADD("AuthRoleAdd"),
    ROLE_DELETE("AuthRoleDelete"),
    ROLE_GRANT_PERMISSION("AuthRoleGrantPermission"),
    ROLE_REVOKE_PERMISSION("AuthRoleRevokePermission"),
    /** What etcd has no name for, under the word that it has for that. */
    OTHER("unknown");

    private final String word;

    Operation(String word) {
        this.word = word;
    }

    /** The name in metrics. */
    public String word() {
        return word;
    }
}
