package io.netsy.bench.lab;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.clock.Pause;
import io.netsy.bench.load.Endpoint;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Target;
import io.netsy.bench.load.TlsFiles;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.MoveLeaderRequest;
import io.netsy.etcd.proto.rpc.StatusRequest;
import io.netsy.etcd.proto.rpc.StatusResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server under test: one process, or the nodes of a cluster.
 *
 * @param nodes at least one; connections are spread over them, beginning with the first
 * @param storePrefix what names its objects on the S3 server; empty when it has none there
 */
public record RunningServer(List<Node> nodes, String storePrefix) implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final Duration OPERATION_LIMIT = Duration.ofSeconds(60);

    /** One process and where its clients reach it. */
    public record Node(ManagedProcess process, Endpoint endpoint) {}

    public RunningServer {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a server of no process");
        }
    }

    /** A server of one process. */
    static RunningServer of(Node node, String storePrefix) {
        return new RunningServer(List.of(node), storePrefix);
    }

    /** The process of the first node. */
    public ManagedProcess process() {
        return nodes.getFirst().process();
    }

    /** Where clients reach the nodes, in their order. */
    public List<Endpoint> endpoints() {
        return nodes.stream().map(Node::endpoint).toList();
    }

    /** Processor time that each node has used, in their order. */
    List<Duration> processorTimes() {
        return nodes.stream().map(node -> node.process().processorTime()).toList();
    }

    /** The memory that all nodes occupy now. */
    public double residentMebibytes() throws IOException {
        double sum = 0;
        for (Node node : nodes) {
            sum += node.process().residentMebibytes();
        }
        return sum;
    }

    /** Connects to all nodes. */
    public Session connect(NanoClock clock, int connections) throws IOException, InterruptedException {
        return Session.open(target(endpoints(), connections), clock);
    }

    /**
     * Connects to all nodes.
     *
     * @param operationLimit after which an operation is given up
     */
    public Session connect(NanoClock clock, int connections, Duration operationLimit)
            throws IOException, InterruptedException {
        return Session.open(new Target(endpoints(), TlsFiles.NONE, connections, operationLimit), clock);
    }

    /** Connects to the first node alone. */
    public Session connectToFirst(NanoClock clock, int connections) throws IOException, InterruptedException {
        return Session.open(target(endpoints().subList(0, 1), connections), clock);
    }

    /** Connects as the user whose token it is. */
    public Session connectAs(String token, NanoClock clock, int connections) throws IOException, InterruptedException {
        return Session.openAs(token, target(endpoints(), connections), clock);
    }

    private static Target target(List<Endpoint> endpoints, int connections) {
        return new Target(endpoints, TlsFiles.NONE, connections, OPERATION_LIMIT);
    }

    /**
     * Waits for the first successful linearizable Range of every node.
     *
     * @param startedNanos when the process was started
     * @return the time from then on
     * @throws IOException when a node ends, or gives none within two minutes
     */
    public Duration awaitFirstAnswer(NanoClock clock, long startedNanos) throws IOException, InterruptedException {
        for (Node node : nodes) {
            awaitFirstAnswer(node, clock);
        }
        return Duration.ofNanos(clock.nanos() - startedNanos);
    }

    private static void awaitFirstAnswer(Node node, NanoClock clock) throws IOException, InterruptedException {
        ManagedProcess process = node.process();
        long end = clock.nanos() + ANSWER_LIMIT.toNanos();
        String lastRefusal = "nothing listened";
        while (clock.nanos() < end) {
            if (!process.isAlive()) {
                throw new IOException("%s ended before it answered:%n  %s".formatted(process, process.endOfLog()));
            }
            if (isListening(node.endpoint())) {
                try (Session session = Session.open(target(List.of(node.endpoint()), 1), clock)) {
                    session.revision();
                    return;
                } catch (IOException refusal) {
                    lastRefusal = String.valueOf(refusal.getMessage());
                }
            }
            Pause.of(LOOK_EVERY);
        }
        throw new IOException(
                "%s did not answer within %d s: %s".formatted(process, ANSWER_LIMIT.toSeconds(), lastRefusal));
    }

    private static boolean isListening(Endpoint endpoint) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoint.port())) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * The same nodes, the one that calls itself the leader first.
     *
     * @throws IOException when none does
     */
    public RunningServer withLeaderFirst(NanoClock clock) throws IOException, InterruptedException {
        try (Session session = connect(clock, nodes.size())) {
            for (int node = 0; node < nodes.size(); node++) {
                if (isLeader(session.connections().channelOf(node))) {
                    List<Node> ordered = new ArrayList<>(nodes);
                    ordered.addFirst(ordered.remove(node));
                    return new RunningServer(ordered, storePrefix);
                }
            }
        }
        throw new IOException("none of %s says that it is the leader".formatted(endpoints()));
    }

    private static boolean isLeader(ManagedChannel channel) throws IOException {
        try {
            StatusResponse status = statusOf(channel);
            return status.getLeader() == status.getHeader().getMemberId();
        } catch (StatusRuntimeException failure) {
            throw new IOException("a node does not tell its status: " + failure.getStatus(), failure);
        }
    }

    private static StatusResponse statusOf(ManagedChannel channel) {
        return MaintenanceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(OPERATION_LIMIT.toSeconds(), TimeUnit.SECONDS)
                .status(StatusRequest.getDefaultInstance());
    }

    /** Has the first node, which leads, make the second one the leader: {@code etcdctl move-leader}, {@code netsy switchover}. */
    public void moveLeader(NanoClock clock) throws IOException, InterruptedException {
        try (Session session = connect(clock, nodes.size())) {
            long target =
                    statusOf(session.connections().channelOf(1)).getHeader().getMemberId();
            MaintenanceGrpc.newBlockingStub(session.connections().channelOf(0))
                    .withDeadlineAfter(OPERATION_LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .moveLeader(
                            MoveLeaderRequest.newBuilder().setTargetID(target).build());
        } catch (StatusRuntimeException failure) {
            throw new IOException("the leader does not hand over: " + failure.getStatus(), failure);
        }
    }

    /** The same nodes, the first of which has ended and is started again. */
    public RunningServer withFirstStartedAgain() throws IOException {
        List<Node> all = new ArrayList<>(nodes);
        Node first = all.getFirst();
        all.set(0, new Node(first.process().startAgain(), first.endpoint()));
        return new RunningServer(all, storePrefix);
    }

    /** Ends the nodes, the last one first. */
    @Override
    public void close() {
        nodes.reversed().forEach(node -> node.process().close());
    }
}
