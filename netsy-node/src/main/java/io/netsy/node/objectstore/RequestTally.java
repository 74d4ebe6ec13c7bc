package io.netsy.node.objectstore;

import io.netsy.node.objectstore.StoreRequest.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts the requests of each kind since it was made; thread safe. */
public final class RequestTally implements StoreListener {

    private final Map<Kind, LongAdder> counts = new EnumMap<>(Kind.class);

    public RequestTally() {
        for (Kind kind : Kind.values()) {
            counts.put(kind, new LongAdder());
        }
    }

    @Override
    public void requestEnded(StoreRequest request) {
        LongAdder count = counts.get(request.kind());
        if (count != null) {
            count.increment();
        }
    }

    /** A copy of the counts, with all kinds. */
    public Map<Kind, Long> counts() {
        Map<Kind, Long> copy = new EnumMap<>(Kind.class);
        counts.forEach((kind, count) -> copy.put(kind, count.sum()));
        return copy;
    }
}
