package io.netsy.bench.load;

import com.google.protobuf.ByteString;
import io.grpc.ClientInterceptor;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.netsy.bench.clock.NanoClock;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.CompactionRequest;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.proto.rpc.PutRequest;
import io.netsy.etcd.proto.rpc.PutResponse;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Open connections with the blocking requests that stand before and after a load. For one thread. */
public final class Session implements AutoCloseable {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final long PAGE = 10_000;
    private static final long LIMIT_SECONDS = 60;

    private final Connections connections;
    private final NanoClock clock;

    private Session(Connections connections, NanoClock clock) {
        this.connections = connections;
        this.clock = clock;
    }

    /** Connects; see {@link Connections#open}. */
    public static Session open(Target target, NanoClock clock) throws IOException, InterruptedException {
        return new Session(Connections.open(target), clock);
    }

    /** Connects as the user whose token goes along with each call. */
    public static Session openAs(String token, Target target, NanoClock clock)
            throws IOException, InterruptedException {
        Metadata headers = new Metadata();
        headers.put(TOKEN, token);
        List<ClientInterceptor> interceptors = List.of(MetadataUtils.newAttachHeadersInterceptor(headers));
        return new Session(Connections.open(target, interceptors), clock);
    }

    public Connections connections() {
        return connections;
    }

    /** A load over these connections. */
    public LoadLoop loop(Pace pace, Workload workload) {
        return new LoadLoop(connections, clock, pace, workload);
    }

    /** How many keys the space holds on the server. */
    public long count(KeySpace keys) throws IOException {
        return call("count", stub -> stub.range(rangeOf(keys).setCountOnly(true).build()))
                .getCount();
    }

    /** Visits every key of the space at one revision, without values. */
    public void visitKeys(KeySpace keys, Consumer<KeyValue> visitor) throws IOException {
        ByteString from = keys.start();
        long revision = 0;
        boolean more = true;
        while (more) {
            RangeRequest request = rangeOf(keys)
                    .setKey(from)
                    .setRevision(revision)
                    .setKeysOnly(true)
                    .setLimit(PAGE)
                    .build();
            RangeResponse page = call("list", stub -> stub.range(request));
            page.getKvsList().stream()
                    .filter(pair -> keys.contains(pair.getKey()))
                    .forEach(visitor);
            more = page.getMore() && page.getKvsCount() > 0;
            if (more) {
                from = page.getKvs(page.getKvsCount() - 1).getKey().concat(ByteString.copyFrom(new byte[1]));
                revision = revision == 0 ? page.getHeader().getRevision() : revision;
            }
        }
    }

    /** The store's current revision. */
    public long revision() throws IOException {
        RangeRequest request =
                RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/")).build();
        return call("get", stub -> stub.range(request)).getHeader().getRevision();
    }

    /**
     * Gives up the history of all keys up to a revision that was not compacted before, so that one load's garbage does
     * not burden the next.
     */
    public void compact(long revision) throws IOException {
        CompactionRequest request =
                CompactionRequest.newBuilder().setRevision(revision).build();
        call("compact", stub -> stub.compact(request));
    }

    /** Puts every key of the space up to {@code count}, unless the server holds exactly that many of it. */
    public void fill(KeySpace keys, long count, int valueBytes) throws IOException, InterruptedException {
        if (count(keys) == count) {
            return;
        }
        int clients = (int) Math.min(count, 100);
        LoadResult result =
                loop(Pace.unlimited(clients), new Fill(keys, valueBytes)).run(new Extent.Operations(count));
        if (!result.errors().isEmpty()) {
            throw new IOException("%d keys could not be put under '%s': %s"
                    .formatted(count, keys.start().toStringUtf8(), result.errors()));
        }
    }

    private static RangeRequest.Builder rangeOf(KeySpace keys) {
        return RangeRequest.newBuilder().setKey(keys.start()).setRangeEnd(keys.end());
    }

    private <R> R call(String what, Function<KVGrpc.KVBlockingStub, R> request) throws IOException {
        KVGrpc.KVBlockingStub stub =
                KVGrpc.newBlockingStub(connections.channelOf(0)).withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS);
        try {
            return request.apply(stub);
        } catch (StatusRuntimeException failure) {
            throw new IOException(
                    "%s on %s failed: %s".formatted(what, connections.target().endpoints(), failure.getStatus()),
                    failure);
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    /** Puts the keys one after the other, whichever client is free. */
    private static final class Fill implements Workload {
        private final KeySpace keys;
        private final int valueBytes;
        private final ValueSource values = new ValueSource();
        private long next;

        Fill(KeySpace keys, int valueBytes) {
            this.keys = keys;
            this.valueBytes = valueBytes;
        }

        @Override
        public Work workOf(Slot slot) {
            KVGrpc.KVStub stub = KVGrpc.newStub(slot.channel());
            return new UnaryWork<PutRequest, PutResponse>(slot) {
                @Override
                public void start() {
                    stub.put(
                            PutRequest.newBuilder()
                                    .setKey(keys.key(next++))
                                    .setValue(values.next(valueBytes))
                                    .build(),
                            this);
                }

                @Override
                protected void handleAnswer(PutResponse received) {
                    slot().succeed(Series.PUT);
                }
            };
        }
    }
}
