package io.netsy.elector.assignment.lease;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.netsy.elector.assignment.AssignmentException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** The lease record as JSON, the content of {@code elector.json} in the bucket; {@code design/FORMATS.md} has the fields. */
public final class LockObjectCodec {
    private static final int FORMAT_VERSION = 1;

    private LockObjectCodec() {}

    /**
     * A record with the nonce it was written under.
     *
     * @param nonce drawn anew for every write, so that no two contents are byte-equal and a late swap can't match
     */
    public record LockObject(LeaseRecord record, UUID nonce) {}

    public static byte[] encode(LockObject object) {
        LeaseRecord record = object.record();
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT_VERSION);
        json.addProperty("nonce", object.nonce().toString());
        json.addProperty("holder", record.holder());
        json.addProperty("process", record.process());
        json.addProperty("lease_ms", record.lease().toMillis());
        json.addProperty("transitions", record.transitions());
        json.addProperty("acquired", record.acquired().toString());
        json.addProperty("renewed", record.renewed().toString());
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a lock object.
     *
     * @throws AssignmentException when the bytes are no lock object of a format that this version reads
     */
    public static LockObject decode(byte[] bytes) throws AssignmentException {
        try {
            JsonObject json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            int format = json.get("format").getAsInt();
            if (format > FORMAT_VERSION) {
                throw new AssignmentException(
                        "it is of format %d, and this netsy reads %d; a newer netsy wrote it: upgrade this one"
                                .formatted(format, FORMAT_VERSION));
            }
            JsonElement holder = json.get("holder");
            return new LockObject(
                    new LeaseRecord(
                            holder == null || holder.isJsonNull() ? null : holder.getAsString(),
                            json.get("process").getAsString(),
                            Duration.ofMillis(json.get("lease_ms").getAsLong()),
                            json.get("transitions").getAsLong(),
                            Instant.parse(json.get("acquired").getAsString()),
                            Instant.parse(json.get("renewed").getAsString())),
                    UUID.fromString(json.get("nonce").getAsString()));
        } catch (JsonParseException
                | IllegalStateException
                | IllegalArgumentException
                | NullPointerException
                | UnsupportedOperationException
                | DateTimeException e) {
            throw new AssignmentException(
                    "it is damaged (%s); delete it, and the candidates create it anew: no safety rests on it"
                            .formatted(e.getMessage()));
        }
    }
}
