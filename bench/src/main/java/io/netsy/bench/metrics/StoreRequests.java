package io.netsy.bench.metrics;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many requests of each kind went to the object store.
 *
 * @param byKind in alphabetical order; empty when nobody counted
 */
public record StoreRequests(SortedMap<String, Long> byKind) {
    /** Nobody counted. */
    public static final StoreRequests NONE = new StoreRequests(new TreeMap<>());

    public StoreRequests {
        byKind = Collections.unmodifiableSortedMap(new TreeMap<>(byKind));
    }

    /** What was added since an earlier reading. */
    public StoreRequests since(StoreRequests earlier) {
        SortedMap<String, Long> added = new TreeMap<>();
        byKind.forEach((kind, count) -> added.put(kind, count - earlier.of(kind)));
        return new StoreRequests(added);
    }

    public long of(String kind) {
        return byKind.getOrDefault(kind, 0L);
    }

    /** The requests of any of these kinds. */
    public long of(Collection<String> kinds) {
        return kinds.stream().mapToLong(this::of).sum();
    }

    public boolean isEmpty() {
        return byKind.isEmpty();
    }
}
