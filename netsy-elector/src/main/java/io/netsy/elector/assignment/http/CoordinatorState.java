package io.netsy.elector.assignment.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.netsy.elector.assignment.Assignment;
import io.netsy.elector.assignment.ElectorIdentity;
import io.netsy.elector.assignment.lease.LeaseTimings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a coordinator says.
 *
 * @param holder the node that holds the role; null for nobody
 * @param process its process's id; null when the coordinator was not told, and the name alone decides
 * @param token raised each time that the holder changes; 0 when the coordinator counts nothing
 * @param remaining how long the holder still has the role from when the answer was written
 */
record CoordinatorState(@Nullable String holder, @Nullable String process, long token, Duration remaining) {
    private static final Duration LONGEST_TIME = Duration.ofDays(1);

    CoordinatorState {
        if (token < 0 || remaining.isNegative() || remaining.compareTo(LONGEST_TIME) > 0) {
            throw new IllegalArgumentException(
                    "a token of %d, %d ms remaining; the time is at most a day".formatted(token, remaining.toMillis()));
        }
        if (holder != null && holder.isBlank()) {
            throw new IllegalArgumentException("a holder without a name");
        }
    }

    /** @throws RuntimeException when it is no such state: Gson's own, or that a field is out of range */
    static CoordinatorState read(JsonObject json) {
        if (!json.has("holder")) {
            throw new IllegalArgumentException("no field 'holder'");
        }
        JsonElement remaining = json.get("remaining_ms");
        String holder = text(json, "holder");
        if (holder != null && (remaining == null || remaining.isJsonNull())) {
            throw new IllegalArgumentException("no field 'remaining_ms'");
        }
        return new CoordinatorState(
                holder,
                text(json, "process"),
                json.has("token") ? json.get("token").getAsLong() : 0,
                holder == null || remaining == null ? Duration.ZERO : Duration.ofMillis(remaining.getAsLong()));
    }

    private static @Nullable String text(JsonObject json, String name) {
        JsonElement value = json.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }

    boolean isHeldBy(ElectorIdentity identity) {
        return identity.node().equals(holder)
                && (process == null || identity.process().toString().equals(process));
    }

    /**
     * As an answer to a question that was sent at this time, from when on all times in it are counted. Who holds the role
     * believes it for a twentieth less, since the coordinator's clock may run faster.
     */
    Assignment asAssignment(ElectorIdentity self, long sentNanos) {
        String name = holder;
        if (name == null || remaining.isZero()) {
            return new Assignment.Vacant();
        }
        boolean mine = isHeldBy(self);
        Duration trust = mine ? LeaseTimings.trustOf(remaining) : remaining;
        return new Assignment.Held(name, mine, token, sentNanos + trust.toNanos());
    }
}
