package io.netsy.elector.assignment.rest;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.Optional;

/** A whole answer: its HTTP status and what was in it. */
public record RestAnswer(int status, String body) {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether the server is at fault, or at its limit: what became of the request is unknown, and may be tried again. */
    public boolean isServersFault() {
        return status >= SERVER_ERRORS || status == TOO_MANY_REQUESTS;
    }

    /** The body as a JSON object; empty when it is none. */
    public Optional<JsonObject> json() {
        try {
            return Optional.of(JsonParser.parseString(body).getAsJsonObject());
        } catch (JsonParseException | IllegalStateException e) {
            return Optional.empty();
        }
    }
}
