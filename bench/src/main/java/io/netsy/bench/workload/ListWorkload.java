package io.netsy.bench.workload;

import com.google.protobuf.ByteString;
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

/**
 * Lists a prefix with a limit, as kube-apiserver does: always its first page, or page by page at the revision of the
 * first one. One page is one operation.
 */
public final class ListWorkload implements Workload {
    private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

    private final KeySpace keys;
    private final int keyCount;
    private final int valueBytes;
    private final int limit;
    private final boolean paged;

    /**
     * @param shape whose keys are the whole prefix
     * @param limit keys in a page
     * @param paged whether to go on behind the first page
     */
    public ListWorkload(Shape shape, int limit, boolean paged) {
        this(shape.shared("g"), shape, limit, paged);
    }

    ListWorkload(KeySpace keys, Shape shape, int limit, boolean paged) {
        if (limit < 1) {
            throw new IllegalArgumentException("lists with a limit of " + limit);
        }
        this.keys = keys;
        this.keyCount = (int) shape.keys();
        this.valueBytes = shape.valueBytes();
        this.limit = limit;
        this.paged = paged;
    }

    @Override
    public void prepare(Session session) throws IOException, InterruptedException {
        session.fill(keys, keyCount, valueBytes);
    }

    @Override
    public Work workOf(Slot slot) {
        return new ListWork(slot);
    }

    private final class ListWork extends UnaryWork<RangeRequest, RangeResponse> {
        private final KVGrpc.KVStub stub;
        private ByteString from = keys.start();
        private long revision;
        private int done;

        ListWork(Slot slot) {
            super(slot);
            stub = KVGrpc.newStub(slot.channel());
        }

        @Override
        public void start() {
            stub.range(
                    RangeRequest.newBuilder()
                            .setKey(from)
                            .setRangeEnd(keys.end())
                            .setRevision(revision)
                            .setLimit(limit)
                            .build(),
                    this);
        }

        /** The count is that of the whole range asked for, whatever the limit (etcd semantics, section 5). */
        @Override
        protected void handleAnswer(RangeResponse received) {
            int left = keyCount - done;
            boolean whole = received.getKvsCount() == Math.min(limit, left)
                    && received.getCount() == left
                    && received.getMore() == (left > limit);
            boolean more = whole && paged && received.getMore();
            if (more) {
                from = received.getKvs(received.getKvsCount() - 1).getKey().concat(ZERO);
                revision = revision == 0 ? received.getHeader().getRevision() : revision;
                done += received.getKvsCount();
            } else {
                restart();
            }
            if (whole) {
                slot().succeed(Series.LIST);
            } else {
                slot().violate("BadList");
            }
        }

        @Override
        protected void handleUnknownOutcome() {
            restart();
        }

        private void restart() {
            from = keys.start();
            revision = 0;
            done = 0;
        }
    }
}
