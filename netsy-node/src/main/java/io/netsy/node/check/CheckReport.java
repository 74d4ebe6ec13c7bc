package io.netsy.node.check;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.netsy.node.replica.ReplicaCheck;
import io.netsy.replication.model.LogPosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a check.
 *
 * @param bucket null when no bucket was checked
 * @param dataDir null when no data directory was checked
 * @param findings empty when all holds
 */
public record CheckReport(
        @Nullable BucketSummary bucket, @Nullable DataDirSummary dataDir, List<Finding> findings) {
    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();

    public CheckReport {
        findings = List.copyOf(findings);
    }

    /** Whether all holds. */
    public boolean ok() {
        return findings.isEmpty();
    }

    /** What was looked at, for people; without the findings. */
    public String text() {
        StringBuilder text = new StringBuilder();
        if (bucket != null) {
            appendBucket(text, bucket);
        }
        if (dataDir != null) {
            appendDataDir(text, dataDir);
        }
        return text.append(ok() ? "all of it holds\n" : "").toString();
    }

    private static void appendBucket(StringBuilder text, BucketSummary bucket) {
        line(text, "store", bucket.store());
        line(text, "cluster", bucket.clusterId());
        line(text, "term", bucket.term());
        ChainSummary chain = bucket.chain();
        if (chain != null) {
            line(text, "chunks", "%d, %d bytes".formatted(chain.chunks(), chain.bytes()));
            line(text, "log begins", "index " + chain.firstIndex());
            line(text, "log ends", chain.tip());
        }
        for (BucketSummary.Snapshot snapshot : bucket.snapshots()) {
            line(
                    text,
                    "snapshot",
                    "index %d, revision %d, %d rows, %d bytes"
                            .formatted(snapshot.index(), snapshot.revision(), snapshot.rows(), snapshot.bytes()));
        }
    }

    private static void appendDataDir(StringBuilder text, DataDirSummary dataDir) {
        line(text, "data dir", dataDir.path());
        line(
                text,
                "node",
                dataDir.identity() == null ? null : dataDir.identity().nodeName());
        line(text, "replica", describe(dataDir.replica()));
        if (dataDir.writeAhead() != null) {
            line(
                    text,
                    "write-ahead",
                    "%s, %d bytes"
                            .formatted(
                                    dataDir.writeAhead().end(),
                                    dataDir.writeAhead().sizeBytes()));
        }
    }

    private static @Nullable String describe(ReplicaCheck.@Nullable Found replica) {
        return replica == null
                ? null
                : "%s, revision %d, %d rows".formatted(replica.position(), replica.revision(), replica.rowCount());
    }

    private static void line(StringBuilder text, String name, @Nullable Object value) {
        text.append("%-12s %s%n".formatted(name, value == null ? "-" : value));
    }

    /**
     * The whole outcome as JSON. Members are only ever added to this schema:
     *
     * <pre>
     * {"ok": bool,
     *  "bucket": null | {"store", "cluster_id", "term",
     *      "log": null | {"chunks", "bytes", "first_index", "tip": null | {"term", "index", "checksum"}},
     *      "snapshots": [{"key", "index", "revision", "rows", "bytes"}]},
     *  "data_dir": null | {"path", "cluster_id", "node", "disk_id",
     *      "replica": null | {"term", "index", "checksum", "revision", "compact_revision", "rows"},
     *      "write_ahead": null | {"term", "index", "checksum", "first_index", "segments", "bytes", "torn_bytes"}},
     *  "findings": [{"object", "reason", "way_out"}]}
     * </pre>
     *
     * Checksums have eight hexadecimal digits; what can't be read is null.
     */
    public String json() {
        JsonObject root = new JsonObject();
        root.addProperty("ok", ok());
        root.add("bucket", bucket == null ? null : json(bucket));
        root.add("data_dir", dataDir == null ? null : json(dataDir));
        JsonArray list = new JsonArray();
        for (Finding finding : findings) {
            JsonObject member = new JsonObject();
            member.addProperty("object", finding.object());
            member.addProperty("reason", finding.reason());
            member.addProperty("way_out", finding.wayOut());
            list.add(member);
        }
        root.add("findings", list);
        return GSON.toJson(root) + "\n";
    }

    private static JsonElement json(BucketSummary bucket) {
        JsonObject json = new JsonObject();
        json.addProperty("store", bucket.store());
        json.addProperty("cluster_id", text(bucket.clusterId()));
        json.addProperty("term", bucket.term());
        json.add("log", json(bucket.chain()));
        JsonArray snapshots = new JsonArray();
        for (BucketSummary.Snapshot snapshot : bucket.snapshots()) {
            JsonObject member = new JsonObject();
            member.addProperty("key", snapshot.key());
            member.addProperty("index", snapshot.index());
            member.addProperty("revision", snapshot.revision());
            member.addProperty("rows", snapshot.rows());
            member.addProperty("bytes", snapshot.bytes());
            snapshots.add(member);
        }
        json.add("snapshots", snapshots);
        return json;
    }

    private static @Nullable JsonElement json(@Nullable ChainSummary chain) {
        if (chain == null) {
            return null;
        }
        JsonObject json = new JsonObject();
        json.addProperty("chunks", chain.chunks());
        json.addProperty("bytes", chain.bytes());
        json.addProperty("first_index", chain.firstIndex());
        json.add("tip", chain.tip() == null ? null : json(chain.tip()));
        return json;
    }

    private static JsonObject json(LogPosition position) {
        JsonObject json = new JsonObject();
        json.addProperty("term", position.term());
        json.addProperty("index", position.index());
        json.addProperty("checksum", "%08x".formatted(position.checksum()));
        return json;
    }

    private static JsonElement json(DataDirSummary dataDir) {
        JsonObject json = new JsonObject();
        json.addProperty("path", dataDir.path().toString());
        json.addProperty(
                "cluster_id",
                dataDir.identity() == null
                        ? null
                        : dataDir.identity().clusterId().toString());
        json.addProperty(
                "node", dataDir.identity() == null ? null : dataDir.identity().nodeName());
        json.addProperty(
                "disk_id",
                dataDir.identity() == null ? null : dataDir.identity().diskId().toString());
        json.add("replica", replicaJson(dataDir));
        json.add("write_ahead", writeAheadJson(dataDir));
        return json;
    }

    private static @Nullable JsonElement replicaJson(DataDirSummary dataDir) {
        if (dataDir.replica() == null) {
            return null;
        }
        JsonObject json = json(dataDir.replica().position());
        json.addProperty("revision", dataDir.replica().revision());
        json.addProperty("compact_revision", dataDir.replica().compactRevision());
        json.addProperty("rows", dataDir.replica().rowCount());
        return json;
    }

    private static @Nullable JsonElement writeAheadJson(DataDirSummary dataDir) {
        if (dataDir.writeAhead() == null) {
            return null;
        }
        JsonObject json = json(dataDir.writeAhead().end());
        json.addProperty("first_index", dataDir.writeAhead().base().index() + 1);
        json.addProperty("segments", dataDir.writeAhead().segments());
        json.addProperty("bytes", dataDir.writeAhead().sizeBytes());
        json.addProperty("torn_bytes", dataDir.writeAhead().tornBytes());
        return json;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
