package io.netsy.etcd.server.metrics;

import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What health checks came to. Safe for any thread. */
public final class HealthMetrics {
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final ConcurrentMap<Check, Outcomes> checks = new ConcurrentSkipListMap<>();

    /** Counts an answer of {@code /health}. */
    public void health(boolean healthy) {
        (healthy ? successes : failures).increment();
    }

    /**
     * Counts one check of an endpoint.
     *
     * @param type the endpoint, {@code livez} or {@code readyz}
     */
    public void check(String type, String name, boolean passed) {
        Outcomes outcomes = checks.computeIfAbsent(new Check(type, name), _ -> new Outcomes());
        outcomes.lastPassed = passed;
        (passed ? outcomes.passed : outcomes.failed).increment();
    }

    /** Writes everything. */
    public void write(PrometheusText text) {
        String success = "etcd_server_health_success";
        text.family(success, MetricType.COUNTER, "Answers of /health that said healthy.")
                .sample(success, successes.sum());
        String failure = "etcd_server_health_failures";
        text.family(failure, MetricType.COUNTER, "Answers of /health that said unhealthy.")
                .sample(failure, failures.sum());
        String last = "etcd_server_healthcheck";
        text.family(last, MetricType.GAUGE, "The last outcome of a check: 1 passed, 0 failed.");
        checks.forEach((check, outcomes) ->
                text.sample(last, outcomes.lastPassed ? 1 : 0, "name", check.name, "type", check.type));
        String total = "etcd_server_healthchecks_total";
        text.family(total, MetricType.COUNTER, "Checks by outcome.");
        checks.forEach((check, outcomes) -> text.sample(
                        total, outcomes.passed.sum(), "name", check.name, "status", "success", "type", check.type)
                .sample(total, outcomes.failed.sum(), "name", check.name, "status", "error", "type", check.type));
    }

    private record Check(String type, String name) implements Comparable<Check> {
        @Override
        public int compareTo(Check other) {
            int byType = type.compareTo(other.type);
            return byType != 0 ? byType : name.compareTo(other.name);
        }
    }

    private static final class Outcomes {
        private final LongAdder passed = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private volatile boolean lastPassed;
    }
}
