package io.netsy.bench.lab;

/** What is measured of each server. */
public enum Measure {
    CREATE_1000("creates/s, 1,000 clients on 100 connections"),
    PUT_1000("puts/s, 1,000 clients on 100 connections"),
    PUT_1000_P50("- p50 ms"),
    PUT_1000_P99("- p99 ms"),
    PUT_1000_S3("- p50 divided by the time of an S3 PUT of a commit's size"),
    PRIMARY_PUT_1000("puts/s, the same at the primary alone"),
    PRIMARY_PUT_1000_P50("- p50 ms"),
    PRIMARY_PUT_1000_P99("- p99 ms"),
    PUT_100("puts/s, 100 clients on 10 connections"),
    PUT_100_P50("- p50 ms"),
    PUT_100_P99("- p99 ms"),
    PUT_100_S3("- p50 divided by the time of an S3 PUT of a commit's size"),
    PUT_10("puts/s, 10 clients on 10 connections"),
    PUT_10_P50("- p50 ms"),
    PUT_10_P99("- p99 ms"),
    PUT_1("puts/s, 1 client"),
    PUT_1_P50("- p50 ms"),
    PUT_1_P99("- p99 ms"),
    PUT_1_S3("- p50 divided by the time of an S3 PUT of a commit's size"),
    S3_PUT_MILLIS("ms for an S3 PUT of the size of a commit of 1,000 clients"),
    GET_LINEARIZABLE("linearizable gets/s, 1,000 clients on 100 connections"),
    GET_SERIALIZABLE("serializable gets/s, 1,000 clients on 100 connections"),
    GET_P50("- p50 ms"),
    GET_P99("- p99 ms"),
    GET_PACED("serializable gets/s, 20,000/s asked for"),
    GET_PACED_P50("- p50 ms"),
    GET_PACED_P99("- p99 ms"),
    GET_ONE_NODE("serializable gets/s, the same at one node alone"),
    GET_ONE_NODE_P50("- p50 ms"),
    GET_ONE_NODE_P99("- p99 ms"),
    GET_CPU_SCALE("serializable gets per processor second of the busiest node, three nodes / one"),
    LIST_PAGE("lists/s of 500 out of 100,000 keys, 10 clients"),
    LIST_WHOLE("lists/s of a prefix of 500 keys, 10 clients"),
    S3_PUTS_100("S3 PUTs per 1,000 writes, 100 clients"),
    S3_PUTS_1000("S3 PUTs per 1,000 writes, 1,000 clients"),
    START_MILLIS("ms from exec to the first answer, empty store"),
    IDLE_MIB("MiB resident, idle"),
    KEYS_100K_MIB("MiB resident, 100,000 keys of 1 KiB"),
    KEYS_1M_MIB("MiB resident, 1,000,000 keys of 1 KiB"),
    LOADED_MIB("MiB resident, after the loads"),
    RECOVERY_SECONDS("s to recover 100,000 keys on an empty disk"),
    KILLED_RECOVERY_SECONDS("s the same after kill -9"),
    LEASE_GRANTS("lease grants/s, 1,000 clients on 100 connections"),
    LEASE_GRANT_P99("- p99 ms"),
    KEEPALIVES("keepalives/s, 20,000/s asked for, 1,000 clients on 100 streams"),
    KEEPALIVE_P99("- p99 ms"),
    LEASE_REVOKES("lease revokes/s, 1,000 clients on 100 connections"),
    LEASE_REVOKE_P99("- p99 ms"),
    AUTH_GETS("linearizable gets/s with a simple token, 1,000 clients on 100 connections"),
    AUTH_GET_P99("- p99 ms"),
    PREFIX_EVENTS("events/s, 1,000 watchers of one prefix, 500 puts/s asked for"),
    PREFIX_EVENT_P99("- p99 ms from the start of a put to its event"),
    PREFIX_EVENT_ACK_P99("- p99 ms from the acknowledgement of a put to its event"),
    KEY_EVENTS("events/s, 10,000 watchers of one key each, 100 clients put"),
    KEY_EVENT_P99("- p99 ms from the start of a put to its event"),
    KEY_EVENT_ACK_P99("- p99 ms from the acknowledgement of a put to its event"),
    STANDBY_EVENTS("events/s, 1,500 watchers of one prefix at the standbys, 40 puts/s asked for"),
    STANDBY_EVENT_P50("- p50 ms from the start of a put to its event"),
    STANDBY_EVENT_P99("- p99 ms from the start of a put to its event"),
    STANDBY_EVENT_ACK_P99("- p99 ms from the acknowledgement of a put to its event"),
    SPREAD_EVENTS("events/s, the same at three nodes"),
    SPREAD_EVENT_P50("- p50 ms from the start of a put to its event"),
    SPREAD_EVENT_P99("- p99 ms from the start of a put to its event"),
    PRIMARY_EVENTS("events/s, the same at the primary alone"),
    PRIMARY_EVENT_P50("- p50 ms from the start of a put to its event"),
    PRIMARY_EVENT_P99("- p99 ms from the start of a put to its event"),
    EVENT_CPU_SCALE("events per processor second of the busiest node, three nodes / one"),
    KILL_GAP("ms without an acknowledged write, kill -9 of the primary"),
    KILL_GAP_LONGEST("- the longest"),
    MOVE_GAP("ms without an acknowledged write, MoveLeader"),
    MOVE_GAP_LONGEST("- the longest"),
    STOP_GAP("ms without an acknowledged write, SIGTERM of the primary"),
    STOP_GAP_LONGEST("- the longest");

    private final String label;

    Measure(String label) {
        this.label = label;
    }

    /** As it is printed, with the unit. */
    public String label() {
        return label;
    }
}
