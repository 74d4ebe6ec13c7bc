package io.netsy.bench.jmh;

import io.netsy.etcd.state.StateMachine;
import io.netsy.etcd.state.StoreState;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import java.util.List;
import java.util.SplittableRandom;

/** Keys of 32 bytes, values of 1 KiB, and stores full of them. */
final class SampleData {
    private static final int VALUE_BYTES = 1024;
    private static final String PREFIX = "/registry/pods/";

    private SampleData() {}

    /** Keys of smaller numbers come first. */
    static Bytes key(long number) {
        return Bytes.utf8(PREFIX + "%017d".formatted(number));
    }

    /** What all keys begin with. */
    static Bytes prefix() {
        return Bytes.utf8(PREFIX);
    }

    /** The end of the range of all keys. */
    static Bytes prefixEnd() {
        return Bytes.utf8(PREFIX.substring(0, PREFIX.length() - 1) + "0");
    }

    static Bytes value(long number) {
        byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(number).nextBytes(value);
        return Bytes.wrap(value);
    }

    /** A new key with its first value. */
    static Change.Put put(long number, long revision) {
        return new Change.Put(key(number), value(number), revision, 1, 0);
    }

    /** A store with this many keys; key i has revision i + 2. */
    static StoreState storeOf(int keys) {
        StoreState state = StoreState.EMPTY;
        for (int i = 0; i < keys; i++) {
            long revision = i + 2L;
            Change put = new Change.Put(key(i), Bytes.EMPTY, revision, 1, 0);
            state = StateMachine.apply(state, new Entry.Transaction(revision, List.of(put)))
                    .after();
        }
        return state;
    }
}
