package io.netsy.node.status;

import io.netsy.node.status.NodeStatus.Replication;
import io.netsy.node.status.NodeStatus.Standby;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads how replication stands off a primary's metrics page. */
final class ReplicationFigures {
    private static final String PREFIX = "netsy_standby_";
    private static final String STANDBY = "standby";

    private ReplicationFigures() {}

    /** Null when the page is not that of a primary with standbys. */
    static @Nullable Replication of(MetricsPage page) {
        List<Map<String, String>> rules = page.labels("netsy_replication_rule");
        if (rules.isEmpty()) {
            return null;
        }
        Map<String, String> rule = rules.getFirst();
        List<Standby> standbys = page.labels(PREFIX + "state").stream()
                .map(labels -> standby(page, labels))
                .toList();
        return new Replication(
                rule.get("level") + ", " + rule.get("standbys"),
                Math.round(page.value("netsy_replication_unarchived_bytes").orElse(0)),
                standbys);
    }

    private static Standby standby(MetricsPage page, Map<String, String> labels) {
        String name = labels.getOrDefault(STANDBY, "");
        return new Standby(
                name,
                labels.getOrDefault("state", ""),
                number(page, "sent_index", name),
                number(page, "received_index", name),
                number(page, "flushed_index", name),
                number(page, "applied_index", name),
                number(page, "lag_entries", name),
                number(page, "lag_bytes", name),
                millis(page, "lag_seconds", name),
                labels.getOrDefault("sync", ""),
                number(page, "priority", name),
                millis(page, "reply_age_seconds", name));
    }

    private static long number(MetricsPage page, String metric, String name) {
        return Math.round(page.sums(PREFIX + metric, STANDBY).getOrDefault(name, 0.0));
    }

    private static long millis(MetricsPage page, String metric, String name) {
        return Math.round(page.sums(PREFIX + metric, STANDBY).getOrDefault(name, 0.0) * 1000);
    }
}
