package io.netsy.chaos.cluster;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netsy.chaos.crash.StoreUnderTest;
import io.netsy.chaos.process.NodeClient;
import io.netsy.chaos.process.NodeProcess;
import io.netsy.etcd.proto.rpc.ClusterGrpc;
import io.netsy.etcd.proto.rpc.MaintenanceGrpc;
import io.netsy.etcd.proto.rpc.Member;
import io.netsy.etcd.proto.rpc.MemberAddRequest;
import io.netsy.etcd.proto.rpc.MemberListRequest;
import io.netsy.etcd.proto.rpc.MemberPromoteRequest;
import io.netsy.etcd.proto.rpc.MemberRemoveRequest;
import io.netsy.etcd.proto.rpc.MemberUpdateRequest;
import io.netsy.etcd.proto.rpc.StatusRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** Node processes that become members of one cluster, and cease to be, as an operator does it with etcd's calls. */
final class GrowingCluster implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Path directory;
    private final StoreUnderTest store;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    private final Map<String, NodeProcess> processes = new ConcurrentSkipListMap<>();

    private record Place(int clientPort, int peerPort, NodeClient client) {}

    GrowingCluster(Path directory, StoreUnderTest store) {
        this.directory = directory;
        this.store = store;
    }

    /** Starts a node on a disk of its own: what it is told of the others is nothing. */
    void start(String name) throws IOException {
        start(name, List.of("--listen-peer", "127.0.0.1:" + place(name).peerPort()));
    }

    /** Starts a node that is to be alone. */
    void startAlone(String name) throws IOException {
        start(name, List.of());
    }

    private void start(String name, List<String> more) throws IOException {
        Place place = place(name);
        List<String> words = new ArrayList<>(store.arguments());
        words.addAll(List.of(
                "--name", name, "--data-dir", directory.resolve("disk-" + name).toString()));
        words.addAll(more);
        Path logs = Files.createDirectories(Path.of("target", "cluster-logs").resolve(directory.getFileName()));
        processes.put(
                name,
                NodeProcess.start(new NodeProcess.Command(
                        place.clientPort(), words, store.environment(), logs.resolve(name + ".log"))));
    }

    private Place place(String name) throws IOException {
        Place known = places.get(name);
        if (known == null) {
            int port = NodeProcess.freePort();
            known = new Place(port, NodeProcess.freePort(), new NodeClient(NodeProcess.channelTo(port)));
            places.put(name, known);
        }
        return known;
    }

    NodeProcess process(String name) {
        NodeProcess process = processes.get(name);
        if (process == null) {
            throw new NoSuchElementException(name);
        }
        return process;
    }

    NodeClient client(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new NoSuchElementException(name);
        }
        return place.client();
    }

    /** Nodes whose processes run. */
    List<String> running() {
        return processes.entrySet().stream()
                .filter(entry -> entry.getValue().isAlive())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Adds a node as a learner, starts it unless it runs, and promotes it once it is ready; the others are asked all the while. */
    void add(String name) throws IOException {
        String url = peerUrl(name);
        long id = onAnyMember(stub -> stub.memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs(url)
                        .setIsLearner(true)
                        .build()))
                .getMember()
                .getID();
        if (!running().contains(name)) {
            start(name);
        }
        onAnyMember(stub ->
                stub.memberPromote(MemberPromoteRequest.newBuilder().setID(id).build()));
        awaitMember(name);
    }

    private String peerUrl(String name) throws IOException {
        return "http://127.0.0.1:" + place(name).peerPort();
    }

    private void awaitMember(String name) {
        Awaitility.await(name + " serves and knows that it is a member")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> NodeProcess.serves(client(name).channel())
                        && members(name).stream()
                                .anyMatch(member -> member.getName().equals(name)));
    }

    /** Stops a node, says that others are to reach it elsewhere, and starts it there. */
    void move(String name) throws Exception {
        process(name).terminate();
        Place before = place(name);
        places.put(name, new Place(before.clientPort(), NodeProcess.freePort(), before.client()));
        String url = peerUrl(name);
        long id = idOf(name);
        onAnyMember(stub -> stub.memberUpdate(
                MemberUpdateRequest.newBuilder().setID(id).addPeerURLs(url).build()));
        start(name);
        awaitMember(name);
    }

    long idOf(String name) {
        return onAnyMember(stub -> stub.memberList(MemberListRequest.getDefaultInstance())).getMembersList().stream()
                .filter(member -> member.getName().equals(name))
                .findFirst()
                .orElseThrow()
                .getID();
    }

    /** Adds a node as {@link #add}, at the address of one that was removed. */
    void addAtTheAddressOf(String gone, String name) throws IOException {
        int port = NodeProcess.freePort();
        places.put(name, new Place(port, place(gone).peerPort(), new NodeClient(NodeProcess.channelTo(port))));
        add(name);
    }

    /** Removes a member; one that runs ends by itself. */
    void remove(String name) throws InterruptedException {
        long id = idOf(name);
        onAnyMember(stub ->
                stub.memberRemove(MemberRemoveRequest.newBuilder().setID(id).build()));
        Awaitility.await(name + " ends")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> !process(name).isAlive());
    }

    private <T> T onAnyMember(Function<ClusterGrpc.ClusterBlockingStub, T> call) {
        List<T> answer = new ArrayList<>();
        Awaitility.await("a change of members")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .until(() -> {
                    for (String name : running()) {
                        try {
                            answer.add(call.apply(
                                    ClusterGrpc.newBlockingStub(client(name).channel())
                                            .withDeadlineAfter(10, TimeUnit.SECONDS)));
                            return true;
                        } catch (StatusRuntimeException e) {
                            if (!isForLater(e.getStatus())) {
                                throw e;
                            }
                        }
                    }
                    return false;
                });
        return answer.getFirst();
    }

    /** What an operator tries again: nobody leads, not all are connected, the learner is not ready. */
    private static boolean isForLater(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE
                || status.getCode() == Status.Code.DEADLINE_EXCEEDED
                || String.valueOf(status.getDescription()).contains("in sync with leader");
    }

    List<Member> members(String asked) {
        return ClusterGrpc.newBlockingStub(client(asked).channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembersList();
    }

    /** The node that leads, as every running one says. */
    String primary() {
        List<String> found = new ArrayList<>();
        Awaitility.await("one primary")
                .atMost(PATIENCE)
                .pollInterval(POLL)
                .ignoreExceptions()
                .until(() -> {
                    found.clear();
                    for (String name : running()) {
                        var status = MaintenanceGrpc.newBlockingStub(
                                        client(name).channel())
                                .withDeadlineAfter(5, TimeUnit.SECONDS)
                                .status(StatusRequest.getDefaultInstance());
                        members(name).stream()
                                .filter(member -> member.getID() == status.getLeader())
                                .forEach(member -> found.add(member.getName()));
                    }
                    return found.size() == running().size()
                            && found.stream().distinct().count() == 1;
                });
        return found.getFirst();
    }

    @Override
    public void close() {
        processes.values().forEach(NodeProcess::close);
        places.values().forEach(place -> place.client().close());
    }
}
