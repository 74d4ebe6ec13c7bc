package io.netsy.node.status;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.netsy.node.status.NodeStatus.Answered;
import io.netsy.node.status.NodeStatus.Figures;
import io.netsy.node.status.NodeStatus.Listed;
import io.netsy.node.status.NodeStatus.Replication;
import io.netsy.node.status.NodeStatus.Standby;
import io.netsy.node.status.NodeStatus.Unreachable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What all endpoints said, in the order in which they were given. */
public record StatusReport(List<NodeStatus> nodes) {
    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();

    public StatusReport {
        nodes = List.copyOf(nodes);
    }

    /** Whether every endpoint answered, has a primary, is in service and has no alarm. */
    public boolean healthy() {
        return nodes.stream().allMatch(NodeStatus::healthy);
    }

    /** Tables for people. */
    public String table() {
        return StatusTables.render(nodes);
    }

    /**
     * The same as JSON. Members are only ever added to this schema:
     *
     * <pre>
     * {"healthy": bool,
     *  "endpoints": [
     *    {"endpoint", "reachable": true, "healthy": bool, "name", "member_id", "version",
     *     "role": "primary" | "standby" | "no leader", "term", "revision", "compact_revision", "index",
     *     "db_size", "db_size_in_use", "quota": null | bytes, "alarms": [text], "serving": bool,
     *     "commit_batches", "committed_entries", "store_requests": {kind: count}, "store_price_usd",
     *     "replica_backlog_bytes",
     *     "replication": null | {"rule", "unarchived_bytes", "standbys": [{"name", "state", "sync", "priority",
     *       "sent", "received", "flushed", "applied", "lag_entries", "lag_bytes", "lag_ms", "reply_age_ms"}]},
     *     "members": [{"id", "name", "learner": bool, "peer_urls": [text], "client_urls": [text]}],
     *     "notes": [text]},
     *    {"endpoint", "reachable": false, "healthy": false, "reason", "way_out"}]}
     * </pre>
     *
     * Sizes are bytes; what the node's metrics did not tell is null.
     */
    public String json() {
        JsonObject root = new JsonObject();
        root.addProperty("healthy", healthy());
        JsonArray endpoints = new JsonArray();
        for (NodeStatus node : nodes) {
            endpoints.add(json(node));
        }
        root.add("endpoints", endpoints);
        return GSON.toJson(root) + "\n";
    }

    private static JsonObject json(NodeStatus node) {
        JsonObject json = new JsonObject();
        json.addProperty("endpoint", node.endpoint());
        json.addProperty("reachable", node instanceof Answered);
        json.addProperty("healthy", node.healthy());
        switch (node) {
            case Answered answered -> addAnswer(json, answered);
            case Unreachable unreachable -> {
                json.addProperty("reason", unreachable.reason());
                json.addProperty("way_out", unreachable.wayOut());
            }
        }
        return json;
    }

    private static void addAnswer(JsonObject json, Answered answered) {
        Figures figures = answered.figures();
        json.addProperty("name", answered.member().name());
        json.addProperty("member_id", answered.member().id());
        json.addProperty("version", answered.member().version());
        json.addProperty("role", answered.member().role().toString());
        json.addProperty("term", answered.progress().term());
        json.addProperty("revision", answered.progress().revision());
        json.addProperty("compact_revision", figures == null ? null : figures.compactRevision());
        json.addProperty("index", answered.progress().index());
        json.addProperty("db_size", answered.size().total());
        json.addProperty("db_size_in_use", answered.size().inUse());
        json.addProperty("quota", answered.size().quota() > 0 ? answered.size().quota() : null);
        json.add("alarms", texts(answered.alarms()));
        json.addProperty("serving", answered.serving());
        json.addProperty("commit_batches", figures == null ? null : figures.commitBatches());
        json.addProperty("committed_entries", figures == null ? null : figures.committedEntries());
        JsonObject requests = new JsonObject();
        if (figures != null) {
            figures.requests().forEach(requests::addProperty);
        }
        json.add("store_requests", figures == null ? null : requests);
        json.addProperty("store_price_usd", figures == null ? null : figures.requestPriceUsd());
        json.addProperty("replica_backlog_bytes", figures == null ? null : figures.replicaBacklogBytes());
        json.add("replication", figures == null ? null : json(figures.replication()));
        json.addProperty("elector", figures == null ? null : figures.elector());
        json.add("members", members(answered.members()));
        json.add("notes", texts(answered.notes()));
    }

    private static JsonArray members(List<Listed> members) {
        JsonArray array = new JsonArray();
        for (Listed member : members) {
            JsonObject one = new JsonObject();
            one.addProperty("id", member.id());
            one.addProperty("name", member.name());
            one.addProperty("learner", member.learner());
            one.add("peer_urls", texts(member.peerUrls()));
            one.add("client_urls", texts(member.clientUrls()));
            array.add(one);
        }
        return array;
    }

    private static @Nullable JsonObject json(@Nullable Replication replication) {
        if (replication == null) {
            return null;
        }
        JsonArray standbys = new JsonArray();
        for (Standby standby : replication.standbys()) {
            JsonObject one = new JsonObject();
            one.addProperty("name", standby.name());
            one.addProperty("state", standby.state());
            one.addProperty("sync", standby.sync());
            one.addProperty("priority", standby.priority());
            one.addProperty("sent", standby.sent());
            one.addProperty("received", standby.received());
            one.addProperty("flushed", standby.flushed());
            one.addProperty("applied", standby.applied());
            one.addProperty("lag_entries", standby.lagEntries());
            one.addProperty("lag_bytes", standby.lagBytes());
            one.addProperty("lag_ms", standby.lagMillis());
            one.addProperty("reply_age_ms", standby.replyAgeMillis());
            standbys.add(one);
        }
        JsonObject json = new JsonObject();
        json.addProperty("rule", replication.rule());
        json.addProperty("unarchived_bytes", replication.unarchivedBytes());
        json.add("standbys", standbys);
        return json;
    }

    private static JsonArray texts(List<String> texts) {
        JsonArray array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }
}
