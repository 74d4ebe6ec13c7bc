package io.netsy.bench.workload;

import io.netsy.bench.load.KeySpace;
import io.netsy.bench.load.Series;
import io.netsy.bench.load.Session;
import io.netsy.bench.load.Shape;
import io.netsy.bench.load.Slot;
import io.netsy.bench.load.UnaryWork;
import io.netsy.bench.load.Work;
import io.netsy.bench.load.Workload;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import java.io.IOException;
import java.util.SplittableRandom;

/** Reads single keys at random. */
public final class GetWorkload implements Workload {
    private final KeySpace keys;
    private final int keyCount;
    private final int valueBytes;
    private final boolean serializable;

    /** @param serializable whether the server may answer from what it has, without asking who is primary */
    public GetWorkload(Shape shape, boolean serializable) {
        this(shape.shared("g"), shape, serializable);
    }

    GetWorkload(KeySpace keys, Shape shape, boolean serializable) {
        this.keys = keys;
        this.keyCount = (int) shape.keys();
        this.valueBytes = shape.valueBytes();
        this.serializable = serializable;
    }

    @Override
    public void prepare(Session session) throws IOException, InterruptedException {
        session.fill(keys, keyCount, valueBytes);
    }

    @Override
    public Work workOf(Slot slot) {
        return new GetWork(slot);
    }

    private final class GetWork extends UnaryWork<RangeRequest, RangeResponse> {
        private final KVGrpc.KVStub stub;
        private final SplittableRandom random;

        GetWork(Slot slot) {
            super(slot);
            stub = KVGrpc.newStub(slot.channel());
            random = new SplittableRandom(slot.index() + 1L);
        }

        @Override
        public void start() {
            stub.range(
                    RangeRequest.newBuilder()
                            .setKey(keys.key(random.nextInt(keyCount)))
                            .setSerializable(serializable)
                            .build(),
                    this);
        }

        @Override
        protected void handleAnswer(RangeResponse received) {
            if (received.getKvsCount() == 1 && received.getKvs(0).getValue().size() == valueBytes) {
                slot().succeed(Series.GET);
            } else {
                slot().violate("KeyMissing");
            }
        }
    }
}
