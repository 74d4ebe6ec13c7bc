package io.netsy.bench.workload;

import io.netsy.bench.load.KeySpace;
import io.netsy.bench.load.Series;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Slot;
import io.netsy.bench.load.UnaryWork;
import io.netsy.bench.load.Work;
import io.netsy.bench.load.Workload;
import io.netsy.bench.stats.ErrorCounts;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What a control plane asks of its store: updates of small Lease objects, creates and deletes of pods, reads and lists.
 * Lists and gets read the keys that the updates write.
 */
public final class MixedWorkload implements Workload {
    private static final int LEASE_BYTES = 500;
    private static final int LIST_LIMIT = 500;

    private final Mix mix;
    private final UpdateWorkload updates;
    private final CreateWorkload creates;
    private final GetWorkload gets;
    private final ListWorkload lists;
    private final Deque<Pod> pods = new ArrayDeque<>();

    public MixedWorkload(Shape shape, int clients, String runId, Mix mix) {
        this.mix = mix;
        Shape leases = shape.withKeys(Math.max(shape.keys(), clients)).withValueBytes(LEASE_BYTES);
        updates = new UpdateWorkload(leases, clients);
        creates = new CreateWorkload(shape, runId, (_, number, revision) -> pods.addLast(new Pod(number, revision)));
        KeySpace keys = updates.keys();
        gets = new GetWorkload(keys, leases, false);
        lists = new ListWorkload(keys, leases, LIST_LIMIT, false);
    }

    private record Pod(long number, long revision) {}

    @Override
    public void prepare(Session session) throws IOException, InterruptedException {
        updates.prepare(session);
    }

    @Override
    public Work workOf(Slot slot) {
        return new MixedWork(slot);
    }

    /** Created keys that were not deleted, by what was acknowledged, must be there. */
    @Override
    public void verify(Session session, ErrorCounts broken) throws IOException {
        updates.verify(session, broken);
        broken.add("WriteLost", pods.size() - session.count(creates.keys()));
    }

    private final class MixedWork implements Work {
        private final Map<Mix.Kind, Work> kinds = new EnumMap<>(Mix.Kind.class);
        private final SplittableRandom random;
        private Work current;

        MixedWork(Slot slot) {
            random = new SplittableRandom(~slot.index());
            for (Mix.Kind kind : Mix.Kind.values()) {
                kinds.put(
                        kind,
                        switch (kind) {
                            case UPDATE -> updates.workOf(slot);
                            case CREATE -> creates.workOf(slot);
                            case DELETE -> new DeleteWork(slot);
                            case GET -> gets.workOf(slot);
                            case LIST -> lists.workOf(slot);
                        });
            }
            current = creates.workOf(slot);
        }

        @Override
        public void start() {
            Mix.Kind kind = mix.pick(random);
            if (kind == Mix.Kind.DELETE && pods.isEmpty()) {
                kind = Mix.Kind.CREATE;
            }
            Work next = kinds.get(kind);
            if (next == null) {
                throw new IllegalStateException("no work for " + kind);
            }
            current = next;
            next.start();
        }

        @Override
        public void cancel() {
            current.cancel();
        }
    }

    /** Deletes the oldest created key that is left; one whose answer is lost is nobody's any more. */
    private final class DeleteWork extends UnaryWork<TxnRequest, TxnResponse> {
        private final KVGrpc.KVStub stub;

        DeleteWork(Slot slot) {
            super(slot);
            stub = KVGrpc.newStub(slot.channel());
        }

        @Override
        public void start() {
            Pod pod = pods.removeFirst();
            stub.txn(KubeRequests.delete(creates.keys().key(pod.number()), pod.revision()), this);
        }

        @Override
        protected void handleAnswer(TxnResponse received) {
            if (received.getSucceeded()) {
                slot().succeed(Series.DELETE);
            } else {
                slot().violate(KubeRequests.foundRevision(received) < 0 ? "TxnNoAnswer" : "Conflict");
            }
        }
    }
}
