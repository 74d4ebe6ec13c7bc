package io.netsy.elector.assignment.kubernetes;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.netsy.elector.assignment.lease.LeaseRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The Lease object in JSON. Its {@code holderIdentity} is the node's name, an underscore and the process's id, as components of
 * Kubernetes write theirs; one without a process's id is by an operator's hand.
 */
final class LeaseResource {
    private static final String SPEC = "spec";
    private static final int UUID_LENGTH = 36;

    /** MicroTime of {@code k8s.io/apimachinery}: always six digits of the second's fraction. */
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private LeaseResource() {}

    /** A new object. */
    static JsonObject create(KubernetesSettings settings, LeaseRecord record) {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("name", settings.name());
        metadata.addProperty("namespace", settings.namespace());
        JsonObject lease = new JsonObject();
        lease.addProperty("apiVersion", "coordination.k8s.io/v1");
        lease.addProperty("kind", "Lease");
        lease.add("metadata", metadata);
        lease.add(SPEC, new JsonObject());
        return with(lease, record);
    }

    /** The same object, its version and what others put on it included, with another record. */
    static JsonObject with(JsonObject lease, LeaseRecord record) {
        JsonObject next = lease.deepCopy();
        JsonObject spec =
                next.has(SPEC) && next.get(SPEC).isJsonObject() ? next.getAsJsonObject(SPEC) : new JsonObject();
        spec.addProperty("holderIdentity", identity(record));
        spec.addProperty("leaseDurationSeconds", wholeSeconds(record.lease()));
        spec.addProperty("leaseTransitions", record.transitions());
        spec.addProperty("acquireTime", MICRO_TIME.format(record.acquired()));
        spec.addProperty("renewTime", MICRO_TIME.format(record.renewed()));
        next.add(SPEC, spec);
        return next;
    }

    /** Rounded up: others wait rather longer than the holder believes. */
    private static long wholeSeconds(Duration lease) {
        return Math.max(1, lease.plusNanos(999_999_999).toSeconds());
    }

    private static String identity(LeaseRecord record) {
        String holder = record.holder();
        if (holder == null) {
            return "";
        }
        return record.process().isEmpty() ? holder : holder + "_" + record.process();
    }

    /**
     * What an object says.
     *
     * @param fallback the lease of an object that says none
     * @throws RuntimeException when it is no Lease: Gson's and {@code java.time}'s own
     */
    static LeaseRecord read(JsonObject lease, Duration fallback) {
        if (!lease.getAsJsonObject("metadata").has("resourceVersion")) {
            throw new IllegalArgumentException("it has no resourceVersion");
        }
        JsonObject spec = lease.has(SPEC) ? lease.getAsJsonObject(SPEC) : new JsonObject();
        String identity = text(spec, "holderIdentity");
        JsonElement seconds = field(spec, "leaseDurationSeconds");
        JsonElement transitions = field(spec, "leaseTransitions");
        Instant renewed = time(spec, "renewTime");
        int end = identity == null ? 0 : holderLength(identity);
        return new LeaseRecord(
                identity == null || identity.isBlank() ? null : identity.substring(0, end),
                identity == null || end == identity.length() ? "" : identity.substring(end + 1),
                seconds.isJsonNull() ? fallback : Duration.ofSeconds(seconds.getAsInt()),
                transitions.isJsonNull() ? 0 : transitions.getAsInt(),
                spec.has("acquireTime") ? time(spec, "acquireTime") : renewed,
                renewed);
    }

    /** Where the node's name ends: before the last underscore, if a process's id follows it. */
    private static int holderLength(String identity) {
        int underscore = identity.length() - UUID_LENGTH - 1;
        if (underscore < 1 || identity.charAt(underscore) != '_') {
            return identity.length();
        }
        try {
            return UUID.fromString(identity.substring(underscore + 1))
                            .toString()
                            .isEmpty()
                    ? 0
                    : underscore;
        } catch (IllegalArgumentException e) {
            return identity.length();
        }
    }

    private static JsonElement field(JsonObject spec, String name) {
        return spec.has(name) ? spec.get(name) : JsonNull.INSTANCE;
    }

    private static @Nullable String text(JsonObject spec, String name) {
        JsonElement value = field(spec, name);
        return value.isJsonNull() ? null : value.getAsString();
    }

    private static Instant time(JsonObject spec, String name) {
        String value = text(spec, name);
        return value == null ? Instant.EPOCH : OffsetDateTime.parse(value).toInstant();
    }
}
