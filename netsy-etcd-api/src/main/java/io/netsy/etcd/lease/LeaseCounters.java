package io.netsy.etcd.lease;

import java.util.concurrent.atomic.LongAdder;

/** The figures behind {@link LeaseStats}. Safe for any thread. */
final class LeaseCounters {
    final LongAdder granted = new LongAdder();
    final LongAdder revoked = new LongAdder();
    final LongAdder renewed = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder deletedKeys = new LongAdder();
    final LongAdder severalDeleted = new LongAdder();

    void revoked(int keys) {
        revoked.increment();
        deletedKeys.add(keys);
        if (keys > 1) {
            severalDeleted.increment();
        }
    }

    LeaseStats snapshot() {
        return new LeaseStats(
                granted.sum(), revoked.sum(), renewed.sum(), expired.sum(), deletedKeys.sum(), severalDeleted.sum());
    }
}
