package io.netsy.bench.single;

/** What is measured of each server. */
enum Measure {
    CREATE_1000("creates/s, 1,000 clients on 100 connections"),
    PUT_1000("puts/s, 1,000 clients on 100 connections"),
    PUT_100("puts/s, 100 clients on 10 connections"),
    PUT_1("puts/s, 1 client"),
    GET_LINEARIZABLE("linearizable gets/s, 1,000 clients on 100 connections"),
    GET_SERIALIZABLE("serializable gets/s, 1,000 clients on 100 connections"),
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
    KILLED_RECOVERY_SECONDS("s the same after kill -9");

    private final String label;

    Measure(String label) {
        this.label = label;
    }

    /** As it is printed, with the unit. */
    String label() {
        return label;
    }
}
