package io.netsy.node.archive;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.StoredObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Who the cluster is: the content of {@code cluster.json}, created once and never changed.
 *
 * @param clusterId random, drawn when the bucket was first used
 */
public record ClusterIdentity(UUID clusterId) {
    private static final int FORMAT_VERSION = 1;

    /** The cluster of this bucket; empty when none has begun. */
    public static Optional<ClusterIdentity> read(ObjectStore store) throws DamagedObjectException {
        Optional<StoredObject> object = store.get(LogKeys.CLUSTER);
        return object.isPresent() ? Optional.of(decode(store, object.get().body())) : Optional.empty();
    }

    /**
     * The cluster of this bucket, begun with the given id when there is none yet. Of two that begin at once, both get the
     * one that stands.
     */
    public static ClusterIdentity readOrCreate(ObjectStore store, UUID newId, Instant now)
            throws DamagedObjectException {
        Optional<ClusterIdentity> found = read(store);
        if (found.isPresent()) {
            return found.get();
        }
        try {
            store.putIfAbsent(LogKeys.CLUSTER, ByteBuffer.wrap(new ClusterIdentity(newId).encode(now)));
        } catch (ObjectStoreException.OutcomeUnknown e) {
            // Settled by reading back.
        }
        return read(store)
                .orElseThrow(() -> new ObjectStoreException.Unavailable(
                        "create " + LogKeys.CLUSTER + " in " + store.describe(),
                        "the store took it but does not show it",
                        "try again",
                        null));
    }

    private byte[] encode(Instant now) {
        JsonObject json = new JsonObject();
        json.addProperty("format", FORMAT_VERSION);
        json.addProperty("cluster_id", clusterId.toString());
        json.addProperty("created", now.toString());
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static ClusterIdentity decode(ObjectStore store, byte[] bytes) throws DamagedObjectException {
        String name = LogKeys.CLUSTER + " in " + store.describe();
        try {
            JsonObject json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
            int format = json.get("format").getAsInt();
            if (format > FORMAT_VERSION) {
                throw DamagedObjectException.ofNewerFormat(name, format, FORMAT_VERSION);
            }
            if (format != FORMAT_VERSION) {
                throw new IllegalArgumentException("format " + format);
            }
            return new ClusterIdentity(UUID.fromString(json.get("cluster_id").getAsString()));
        } catch (JsonParseException
                | IllegalArgumentException
                | IllegalStateException
                | NullPointerException
                | UnsupportedOperationException e) {
            throw new DamagedObjectException(
                    name,
                    "it is not what netsy wrote (%s)"
                            .formatted(String.valueOf(e.getMessage())
                                    .lines()
                                    .findFirst()
                                    .orElse("")),
                    "is this prefix used by something else? Choose another, or restore the object");
        }
    }
}
