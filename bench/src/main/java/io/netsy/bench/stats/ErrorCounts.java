package io.netsy.bench.stats;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How often each kind of error was seen. For one thread. */
public final class ErrorCounts {
    private final SortedMap<String, Long> counts = new TreeMap<>();

    /**
     * Counts an error so many times; nothing for 0 or less.
     *
     * @param kind a gRPC status code, or the name of a broken promise
     */
    public void add(String kind, long times) {
        if (times > 0) {
            counts.merge(kind, times, Long::sum);
        }
    }

    public void addAll(ErrorCounts other) {
        other.counts.forEach(this::add);
    }

    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Those that break a promise of the API; they are named in CamelCase, status codes in capitals. */
    public long brokenPromises() {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().chars().anyMatch(Character::isLowerCase))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    public boolean isEmpty() {
        return counts.isEmpty();
    }

    /** By kind, in alphabetical order. */
    public Map<String, Long> byKind() {
        return Collections.unmodifiableMap(counts);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
