package io.netsy.etcd.watch;

import io.grpc.Metadata;
import io.netsy.etcd.error.EtcdException;
import io.netsy.replication.model.Bytes;

/** Judges whether a caller may watch a range. Safe for any thread; never blocks. */
@FunctionalInterface
public interface WatchAuthorizer {
    /** Lets everyone watch everything: the rule while authentication is off. */
    WatchAuthorizer PERMIT_ALL = (headers, key, rangeEnd) -> {};

    /**
     * Returns when the caller may read all of the range at the time of the call.
     *
     * @param headers the metadata the stream was opened with
     * @param key the first key; {@code \x00} where the request had none
     * @param rangeEnd exactly as requested, before it is given a meaning (GHSA-xg4h-6gfc-h4m8)
     * @throws EtcdException when it may not; its status becomes the watcher's cancel reason
     */
    void authorize(Metadata headers, Bytes key, Bytes rangeEnd) throws EtcdException;
}
