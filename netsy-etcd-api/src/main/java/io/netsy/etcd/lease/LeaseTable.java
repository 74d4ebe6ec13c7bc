package io.netsy.etcd.lease;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The leases that live, by id. */
final class LeaseTable {
    private final Map<Long, TimedLease> byId = new HashMap<>();

    @Nullable
    TimedLease get(long id) {
        return byId.get(id);
    }

    /** Whether this very lease lives; a later one may have the same id. */
    boolean holds(TimedLease lease) {
        return byId.get(lease.id) == lease;
    }

    void add(TimedLease lease) {
        byId.put(lease.id, lease);
    }

    @Nullable
    TimedLease remove(long id) {
        return byId.remove(id);
    }

    Collection<TimedLease> all() {
        return byId.values();
    }

    int size() {
        return byId.size();
    }

    void clear() {
        byId.clear();
    }
}
