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
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import java.io.IOException;

/** Plain puts: each client overwrites keys of its own at random. */
public final class PutWorkload implements Workload {
    private final KeySpace keys;
    private final int keyCount;
    private final int valueBytes;
    private final ValueSource values = new ValueSource();
    private final AcknowledgedWrites acknowledged;
    private final Runnable witness;

    /** @param clients there are at least as many keys */
    public PutWorkload(Shape shape, int clients) {
        this(shape, clients, () -> {});
    }

    /** @param witness runs, on the loop's thread, whenever a put is acknowledged */
    public PutWorkload(Shape shape, int clients, Runnable witness) {
        this(shape, clients, "p", witness);
    }

    PutWorkload(Shape shape, int clients, String name) {
        this(shape, clients, name, () -> {});
    }

    private PutWorkload(Shape shape, int clients, String name, Runnable witness) {
        this.witness = witness;
        keyCount = (int) Math.max(shape.keys(), clients);
        keys = shape.withKeys(keyCount).shared(name);
        valueBytes = shape.valueBytes();
        acknowledged = new AcknowledgedWrites(keyCount);
    }

    @Override
    public Work workOf(Slot slot) {
        return new PutWork(slot);
    }

    @Override
    public void verify(Session session, ErrorCounts broken) throws IOException {
        acknowledged.verify(session, keys, broken);
    }

    private final class PutWork extends UnaryWork<PutRequest, PutResponse> {
        private final KVGrpc.KVStub stub;
        private final OwnKeys own;
        private int key;

        PutWork(Slot slot) {
            super(slot);
            stub = KVGrpc.newStub(slot.channel());
            own = new OwnKeys(slot, keyCount);
        }

        @Override
        public void start() {
            key = own.pick();
            stub.put(
                    PutRequest.newBuilder()
                            .setKey(keys.key(key))
                            .setValue(values.next(valueBytes))
                            .build(),
                    this);
        }

        @Override
        protected void handleAnswer(PutResponse received) {
            acknowledged.acknowledge(key, received.getHeader().getRevision());
            witness.run();
            slot().succeed(Series.PUT);
        }
    }
}
