package io.netsy.etcd.watch;

import io.netsy.etcd.error.EtcdException;
import io.netsy.replication.model.Bytes;

/** Judges who may watch which ranges. Safe for any thread; never blocks. */
@FunctionalInterface
public interface WatchAuthorizer {
    /** Lets everyone watch everything. */
    WatchAuthorizer PERMIT_ALL = () -> (key, rangeEnd) -> {};

    /** The judge of a stream that is opened now, by this thread, in the call's gRPC context. */
    Judge open();

    /** Judges the watches of one stream, for as long as it is open. */
    @FunctionalInterface
    interface Judge {
        /**
         * Returns when the stream's caller may read all of the range at the time of the call.
         *
         * @param key the first key; {@code \x00} where the request had none
         * @param rangeEnd exactly as requested, before it is given a meaning (GHSA-xg4h-6gfc-h4m8)
         * @throws EtcdException when it may not; its status becomes the watcher's cancel reason
         */
        void authorize(Bytes key, Bytes rangeEnd) throws EtcdException;
    }
}
