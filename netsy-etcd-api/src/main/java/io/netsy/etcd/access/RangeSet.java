package io.netsy.etcd.access;

import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.KeyRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set of keys, as ranges of which no two touch; those that do are merged (etcd semantics, section 17). */
final class RangeSet {
    private final List<KeyRange> ranges;

    private RangeSet(List<KeyRange> ranges) {
        this.ranges = ranges;
    }

    static RangeSet of(List<KeyRange> ranges) {
        List<KeyRange> merged = new ArrayList<>();
        ranges.stream().sorted(Comparator.comparing(KeyRange::start)).forEach(range -> {
            KeyRange last = merged.isEmpty() ? null : merged.getLast();
            if (last == null || !touches(last, range)) {
                merged.add(range);
            } else if (endsLater(range.end(), last.end())) {
                merged.set(merged.size() - 1, new KeyRange(last.start(), range.end()));
            }
        });
        return new RangeSet(List.copyOf(merged));
    }

    private static boolean touches(KeyRange earlier, KeyRange later) {
        return earlier.end() == null || later.start().compareTo(earlier.end()) <= 0;
    }

    private static boolean endsLater(@Nullable Bytes end, @Nullable Bytes other) {
        return other != null && (end == null || end.compareTo(other) > 0);
    }

    /** Whether all keys of a range are in it; of one that holds no key, where it begins. */
    boolean covers(KeyRange range) {
        KeyRange found = lastFrom(range.start());
        if (found == null || !found.contains(range.start())) {
            return false;
        }
        return range.isEmpty() || !endsLater(range.end(), found.end());
    }

    /** The last range that begins at the key or before it. */
    private @Nullable KeyRange lastFrom(Bytes key) {
        int low = 0;
        int high = ranges.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ranges.get(middle).start().compareTo(key) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? null : ranges.get(low - 1);
    }
}
