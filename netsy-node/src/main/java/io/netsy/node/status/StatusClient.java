package io.netsy.node.status;

import io.netsy.node.status.NodeStatus.Answered;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Asks running nodes, all at once, each for a bounded time. Blocks. */
public final class StatusClient {
    private final ClientTls tls;
    private final Duration timeout;

    /** @param timeout for each question */
    public StatusClient(ClientTls tls, Duration timeout) {
        this.tls = tls;
        this.timeout = timeout;
    }

    /**
     * Whom to ask.
     *
     * @param metrics where its metrics are; null for the endpoint's own
     */
    public record Target(Endpoint endpoint, @Nullable URI metrics) {}

    /**
     * Asks all of them.
     *
     * @throws IOException when the certificate files can't be used
     */
    public StatusReport ask(List<Target> targets) throws IOException, InterruptedException {
        NodeQuestions questions = new NodeQuestions(tls, timeout);
        try (MetricsReader metrics = new MetricsReader(tls, timeout);
                ExecutorService executor = Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("status-", 0).factory())) {
            List<Future<NodeStatus>> asked = new ArrayList<>();
            for (Target target : targets) {
                asked.add(executor.submit(() -> ask(target, questions, metrics)));
            }
            List<NodeStatus> nodes = new ArrayList<>();
            for (Future<NodeStatus> answer : asked) {
                nodes.add(answer.get());
            }
            return new StatusReport(nodes);
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking a node failed", e.getCause());
        }
    }

    private static NodeStatus ask(Target target, NodeQuestions questions, MetricsReader metrics)
            throws IOException, InterruptedException {
        NodeStatus status = questions.ask(target.endpoint());
        if (!(status instanceof Answered answered)) {
            return status;
        }
        URI page = target.metrics() == null ? URI.create(target.endpoint().url("/metrics")) : target.metrics();
        List<String> notes = new ArrayList<>(answered.notes());
        NodeStatus.Figures figures = null;
        try {
            figures = metrics.read(page);
        } catch (IOException e) {
            notes.add(
                    "its metrics at %s can't be read: %s; give --metrics URL".formatted(page, MetricsReader.reason(e)));
        }
        return new Answered(
                answered.endpoint(),
                answered.member(),
                answered.members(),
                answered.progress(),
                answered.size(),
                answered.alarms(),
                answered.serving(),
                figures,
                notes);
    }
}
