package io.netsy.etcd.server.web;

import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.port.StateSource;
import io.netsy.etcd.server.metrics.HealthMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * {@code /health}, {@code /livez} and {@code /readyz} with etcd's answers (etcd semantics, section 18).
 *
 * <p>{@code /health} says whether the whole serves; {@code /livez} whether this process should be restarted, so it asks
 * nothing of others; {@code /readyz} whether clients should be sent here.
 */
public final class HealthEndpoints {
    private final Health health;
    private final HealthMetrics metrics;
    private final Map<String, Supplier<CompletableFuture<String>>> livez = new LinkedHashMap<>();
    private final Map<String, Supplier<CompletableFuture<String>>> readyz = new LinkedHashMap<>();

    /** Endpoints whose linearizable reads wait for at most {@code timeout}. */
    public HealthEndpoints(StateSource state, ClusterView cluster, HealthMetrics metrics, Duration timeout) {
        this.health = new Health(state, cluster, timeout);
        this.metrics = metrics;
        livez.put("serializable_read", now(health::serializableRead));
        readyz.put("data_corruption", now(health::noCorruption));
        readyz.put("serializable_read", now(health::serializableRead));
        readyz.put("linearizable_read", health::linearizableRead);
        readyz.put("non_learner", now(health::notALearner));
    }

    /** Adds the endpoints and those of their single checks. */
    public void addTo(HttpRoutes routes) {
        routes.add("/health", HttpRoutes.only("GET", this::health));
        addTo(routes, "livez", livez);
        addTo(routes, "readyz", readyz);
    }

    private void addTo(HttpRoutes routes, String type, Map<String, Supplier<CompletableFuture<String>>> checks) {
        routes.add("/" + type, HttpRoutes.only("GET", exchange -> {
            Map<String, Supplier<CompletableFuture<String>>> wanted = new LinkedHashMap<>(checks);
            wanted.keySet().removeAll(excluded(exchange));
            run(exchange, type, wanted);
        }));
        checks.forEach((name, check) -> routes.add(
                "/" + type + "/" + name, HttpRoutes.only("GET", exchange -> run(exchange, type, Map.of(name, check)))));
    }

    private void health(HttpExchange exchange) {
        boolean serializable = exchange.query("serializable").stream()
                .findFirst()
                .filter("true"::equals)
                .isPresent();
        String alarm = health.alarms(excluded(exchange));
        String reason = alarm.isEmpty() && !serializable ? health.leader() : alarm;
        if (!reason.isEmpty() || serializable) {
            answerHealth(exchange, reason);
            return;
        }
        var _ = health.linearizableRead()
                .thenAccept(
                        failure -> answerHealth(exchange, failure.isEmpty() ? Health.WELL : "RANGE ERROR:" + failure));
    }

    private void answerHealth(HttpExchange exchange, String reason) {
        boolean healthy = reason.isEmpty();
        metrics.health(healthy);
        String json = "{\"health\":\"" + healthy + "\",\"reason\":" + JsonText.quote(reason) + "}";
        exchange.respond(healthy ? HttpReply.text(200, json) : HttpReply.text(503, json + "\n"));
    }

    private void run(HttpExchange exchange, String type, Map<String, Supplier<CompletableFuture<String>>> checks) {
        Map<String, CompletableFuture<String>> outcomes = new LinkedHashMap<>();
        checks.forEach((name, check) -> outcomes.put(name, check.get()));
        var _ = CompletableFuture.allOf(outcomes.values().toArray(CompletableFuture[]::new))
                .thenRun(() -> answerChecks(exchange, type, outcomes));
    }

    private void answerChecks(HttpExchange exchange, String type, Map<String, CompletableFuture<String>> outcomes) {
        List<String> lines = new ArrayList<>();
        boolean allPassed = true;
        for (Map.Entry<String, CompletableFuture<String>> outcome : outcomes.entrySet()) {
            String failure = outcome.getValue().join();
            boolean passed = failure.isEmpty();
            allPassed &= passed;
            metrics.check(type, outcome.getKey(), passed);
            lines.add(
                    passed
                            ? "[+]" + outcome.getKey() + " ok\n"
                            : "[-]" + outcome.getKey() + " failed: " + failure + "\n");
        }
        String details = String.join("", lines);
        if (allPassed) {
            boolean verbose = !exchange.query("verbose").isEmpty();
            exchange.respond(HttpReply.text(200, (verbose ? details : "") + "ok\n"));
        } else {
            exchange.respond(HttpReply.text(503, details + "\n"));
        }
    }

    private static Supplier<CompletableFuture<String>> now(Supplier<String> check) {
        return () -> CompletableFuture.completedFuture(check.get());
    }

    private static Set<String> excluded(HttpExchange exchange) {
        return new HashSet<>(exchange.query("exclude"));
    }
}
