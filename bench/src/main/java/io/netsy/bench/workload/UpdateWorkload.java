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

/** Replaces values at their known revision, as kube-apiserver updates objects; each client has keys of its own. */
public final class UpdateWorkload implements Workload {
    private final KeySpace keys;
    private final int keyCount;
    private final int valueBytes;
    private final ValueSource values = new ValueSource();
    private final AcknowledgedWrites known;

    /** @param clients there are at least as many keys */
    public UpdateWorkload(Shape shape, int clients) {
        keyCount = (int) Math.max(shape.keys(), clients);
        keys = shape.withKeys(keyCount).shared("u");
        valueBytes = shape.valueBytes();
        known = new AcknowledgedWrites(keyCount);
    }

    KeySpace keys() {
        return keys;
    }

    int keyCount() {
        return keyCount;
    }

    @Override
    public void prepare(Session session) throws IOException, InterruptedException {
        session.fill(keys, keyCount, valueBytes);
        session.visitKeys(keys, pair -> known.acknowledge((int) keys.numberOf(pair.getKey()), pair.getModRevision()));
    }

    @Override
    public Work workOf(Slot slot) {
        return new UpdateWork(slot);
    }

    @Override
    public void verify(Session session, ErrorCounts broken) throws IOException {
        known.verify(session, keys, broken);
    }

    private final class UpdateWork extends UnaryWork<TxnRequest, TxnResponse> {
        private final KVGrpc.KVStub stub;
        private final OwnKeys own;
        private int key;

        UpdateWork(Slot slot) {
            super(slot);
            stub = KVGrpc.newStub(slot.channel());
            own = new OwnKeys(slot, keyCount);
        }

        @Override
        public void start() {
            key = own.pick();
            send();
        }

        private void send() {
            stub.txn(KubeRequests.put(keys.key(key), known.revisionOf(key), values.next(valueBytes)), this);
        }

        @Override
        protected void handleUnknownOutcome() {
            known.loseAnswer(key);
        }

        /** A failed compare is a conflict only when every earlier write of the key was answered. */
        @Override
        protected void handleAnswer(TxnResponse received) {
            if (received.getSucceeded()) {
                known.acknowledge(key, received.getHeader().getRevision());
                slot().succeed(Series.UPDATE);
                return;
            }
            long found = KubeRequests.foundRevision(received);
            if (found < 0) {
                slot().violate("TxnNoAnswer");
            } else if (known.isUncertain(key) && found > known.revisionOf(key)) {
                known.acknowledge(key, found);
                send();
            } else {
                slot().violate("Conflict");
            }
        }
    }
}
