package io.netsy.bench.workload;

import io.netsy.bench.load.KeySpace;
import io.netsy.bench.load.Series;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Slot;
import io.netsy.bench.load.UnaryWork;
import io.netsy.bench.load.ValueSource;
import io.netsy.bench.load.Work;
import io.netsy.bench.load.Workload;
import io.netsy.bench.stats.ErrorCounts;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.TxnRequest;
import io.netsy.etcd.proto.rpc.TxnResponse;
import java.io.IOException;

/** Creates keys that no run has used, as kube-apiserver creates objects. */
public final class CreateWorkload implements Workload {
    private final KeySpace keys;
    private final int valueBytes;
    private final ValueSource values = new ValueSource();
    private long next;
    private long acknowledged;
    private final Created created;

    /** @param runId under the shape's prefix, used by no other run on this server */
    public CreateWorkload(Shape shape, String runId) {
        this(shape, runId, (_, _, _) -> {});
    }

    CreateWorkload(Shape shape, String runId, Created created) {
        this.keys = shape.ownedBy(runId);
        this.valueBytes = shape.valueBytes();
        this.created = created;
    }

    /** Hears of each acknowledged create. */
    interface Created {
        void created(Slot slot, long number, long revision);
    }

    /** The keys that were or will be created. */
    public KeySpace keys() {
        return keys;
    }

    @Override
    public Work workOf(Slot slot) {
        return new CreateWork(slot);
    }

    @Override
    public void verify(Session session, ErrorCounts broken) throws IOException {
        broken.add("WriteLost", acknowledged - session.count(keys));
    }

    private final class CreateWork extends UnaryWork<TxnRequest, TxnResponse> {
        private final KVGrpc.KVStub stub;
        private long number;

        CreateWork(Slot slot) {
            super(slot);
            stub = KVGrpc.newStub(slot.channel());
        }

        @Override
        public void start() {
            number = next++;
            stub.txn(KubeRequests.put(keys.key(number), 0, values.next(valueBytes)), this);
        }

        @Override
        protected void handleAnswer(TxnResponse received) {
            if (!received.getSucceeded()) {
                slot().violate(KubeRequests.foundRevision(received) < 0 ? "TxnNoAnswer" : "Conflict");
                return;
            }
            acknowledged++;
            created.created(slot(), number, received.getHeader().getRevision());
            slot().succeed(Series.CREATE);
        }
    }
}
