package io.netsy.node.wiring;

import io.netsy.etcd.server.metrics.MetricType;
import io.netsy.etcd.server.metrics.PrometheusText;
import io.netsy.node.primary.ReplicationView;
import io.netsy.replication.core.StandbyView;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** A primary's standbys as metrics, one series each: what {@code pg_stat_replication} shows; {@code netsy status} reads them. */
final class ReplicationMetrics {
    private static final double NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();

    private ReplicationMetrics() {}

    static void write(ReplicationView view, PrometheusText text) {
        text.family("netsy_replication_rule", MetricType.GAUGE, "1 for the commit level and the standby rule in force.")
                .sample(
                        "netsy_replication_rule",
                        1L,
                        "level",
                        view.rule().level().configName(),
                        "standbys",
                        view.rule().standbys().toString())
                .gauge(
                        "netsy_replication_unarchived_bytes",
                        "Frames that are not on their way to the bucket.",
                        view.unarchivedBytes());
        text.family(
                "netsy_standby_state",
                MetricType.GAUGE,
                "1 for what a standby does and what its word is worth, in PostgreSQL's words.");
        for (StandbyView standby : view.standbys()) {
            text.sample(
                    "netsy_standby_state",
                    1L,
                    "standby",
                    standby.name(),
                    "state",
                    word(standby.state()),
                    "sync",
                    word(standby.sync()));
        }
        indexes(view, text);
        numbers(
                view,
                text,
                "netsy_standby_lag_entries",
                "Entries that a standby has not applied.",
                StandbyView::lagEntries);
        numbers(
                view,
                text,
                "netsy_standby_lag_bytes",
                "Bytes of frames that a standby has not applied.",
                StandbyView::lagBytes);
        numbers(
                view,
                text,
                "netsy_standby_priority",
                "A standby's place in the rule's list; 0 when its word does not count.",
                StandbyView::priority);
        seconds(
                view,
                text,
                "netsy_standby_lag_seconds",
                "How long the oldest frame that was sent to a standby waits to be applied.",
                standby -> standby.lagNanos() / NANOS_PER_SECOND);
        seconds(
                view,
                text,
                "netsy_standby_reply_age_seconds",
                "How long ago a standby reported last.",
                standby -> (view.readAtNanos() - standby.lastReply().bootNanos()) / NANOS_PER_SECOND);
    }

    private static void indexes(ReplicationView view, PrometheusText text) {
        numbers(
                view,
                text,
                "netsy_standby_sent_index",
                "The last index that was sent to a standby.",
                StandbyView::sent);
        numbers(
                view,
                text,
                "netsy_standby_received_index",
                "The index up to which a standby has received.",
                StandbyView::received);
        numbers(
                view,
                text,
                "netsy_standby_flushed_index",
                "The index up to which a standby has flushed.",
                StandbyView::flushed);
        numbers(
                view,
                text,
                "netsy_standby_applied_index",
                "The index up to which a standby has applied.",
                StandbyView::applied);
    }

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void numbers(
            ReplicationView view, PrometheusText text, String name, String help, ToLongFunction<StandbyView> value) {
        text.family(name, MetricType.GAUGE, help);
        view.standbys().forEach(standby -> text.sample(name, value.applyAsLong(standby), "standby", standby.name()));
    }

    private static void seconds(
            ReplicationView view, PrometheusText text, String name, String help, ToDoubleFunction<StandbyView> value) {
        text.family(name, MetricType.GAUGE, help);
        view.standbys().forEach(standby -> text.sample(name, value.applyAsDouble(standby), "standby", standby.name()));
    }
}
