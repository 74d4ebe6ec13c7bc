package io.netsy.elector.assignment.testkit;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Answer;
import io.netsy.elector.assignment.testkit.FaultyHttpServer.Request;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A coordinator as {@code design/ELECTOR.md} wants it, in memory, for one cluster. */
public final class CoordinatorApi implements FaultyHttpServer.Handler {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanos;
    private @Nullable String holder;
    private @Nullable String process;
    private long token;
    private long endNanos;

    public CoordinatorApi(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public Answer answer(Request request) {
        long now = nanos.getAsLong();
        if (holder != null && endNanos - now <= 0) {
            vacate();
        }
        return switch (request.method()) {
            case "GET" -> new Answer(200, state(now));
            case "PUT" -> campaign(JsonParser.parseString(request.body()).getAsJsonObject(), now);
            case "DELETE" -> release(String.valueOf(request.query()));
            default -> new Answer(405, "{}");
        };
    }

    private Answer campaign(JsonObject body, long now) {
        String candidate = body.get("process").getAsString();
        if (holder != null && !candidate.equals(process)) {
            return new Answer(409, state(now));
        }
        if (holder == null) {
            holder = body.get("node").getAsString();
            process = candidate;
            token++;
        }
        endNanos = now + body.get("ttl_ms").getAsLong() * NANOS_PER_MILLI;
        return new Answer(200, state(now));
    }

    private Answer release(String query) {
        if (query.equals("process=" + process)) {
            vacate();
        }
        return new Answer(204, "");
    }

    private void vacate() {
        holder = null;
        process = null;
    }

    private String state(long now) {
        JsonObject state = new JsonObject();
        state.addProperty("holder", holder);
        state.addProperty("process", process);
        state.addProperty("token", token);
        state.addProperty("remaining_ms", holder == null ? 0 : (endNanos - now) / NANOS_PER_MILLI);
        return state.toString();
    }
}
