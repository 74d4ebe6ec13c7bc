package io.netsy.etcd.kv;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.proto.rpc.RangeRequest;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.RangeStreamResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.rpc.Failures;
import io.netsy.etcd.rpc.Headers;
import io.netsy.etcd.rpc.Reply;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of RangeStream, which etcd has since 3.7: the answer of a range in pages that, merged, are the answer of Range.
 *
 * <ol>
 *   <li>read the first page as Range would, and pin its revision;
 *   <li>send it; when the client takes more, read the next page at the pinned revision, from the newest state;
 *   <li>header, more and count stand on the last page alone; the header's revision is the current one of the first.
 * </ol>
 *
 * <p>No page is read before the client takes it, so that a slow client costs one page of memory and holds no state of
 * old. The price is etcd's: a compaction beyond the pinned revision ends the stream with "compacted".
 *
 * <p>Whether the caller may read the range is asked for each page: a right that is taken back ends the stream.
 *
 * <p>One thread at a time works at it: whoever comes meanwhile leaves the work to the one that is there.
 */
final class RangeStream {
    private static final int FIRST_PAGE_KEYS = 10;
    private static final int MAX_PAGE_KEYS = 1_000;

    private final RangeRequest request;
    private final Source source;
    private final Consumer<CommittedState> access;
    private final ServerCallStreamObserver<RangeStreamResponse> call;
    private final AtomicInteger wakeUps = new AtomicInteger();
    private volatile boolean busy;
    private @Nullable ResponseHeader header;
    private long revision;
    private ByteString nextKey;
    private long sent;
    private int pageKeys = FIRST_PAGE_KEYS;

    /**
     * Where pages come from.
     *
     * @param meters count each page as a range, as etcd does
     * @param pageBytes about the size of a page; one that reaches it takes no further key
     */
    record Source(Reads reads, Headers headers, KvMeters meters, int pageBytes) {}

    /** @param access throws when the caller may not make the request in a state */
    RangeStream(
            RangeRequest request,
            Source source,
            Consumer<CommittedState> access,
            ServerCallStreamObserver<RangeStreamResponse> call) {
        this.request = request;
        this.source = source;
        this.access = access;
        this.call = call;
        this.revision = request.getRevision();
        this.nextKey = request.getKey();
    }

    /** A page, and the state that it was read from. */
    private record Page(RangeResponse.Builder answer, CommittedState at) {}

    /** Begins; on the handler's thread. */
    void start() {
        call.setOnReadyHandler(this::advance);
        advance();
    }

    /** Reads and sends pages for as long as the client takes them. */
    private void advance() {
        if (wakeUps.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            if (!busy && !call.isCancelled() && call.isReady()) {
                busy = true;
                read();
            }
            seen = wakeUps.addAndGet(-seen);
        } while (seen > 0);
    }

    private void read() {
        Reply<Page> reply = Reply.to(new StreamObserver<>() {
            @Override
            public void onNext(Page page) {
                send(page);
            }

            @Override
            public void onError(Throwable failure) {
                call.onError(Failures.toStatus(failure).asRuntimeException());
            }

            @Override
            public void onCompleted() {}
        });
        reply.guard(() -> {
            if (header == null && !request.getSerializable()) {
                source.reads().linearizable(this::page, reply);
            } else {
                source.reads().serializable(this::page, reply);
            }
        });
    }

    private Page page(ReadView view, CommittedState at) {
        access.accept(at);
        long startedNanos = source.meters().now();
        try {
            Page page = new Page(request.getCountOnly() ? RangeReader.read(request, view) : nextPage(view), at);
            source.meters().ranged(startedNanos, true);
            return page;
        } catch (EtcdException refused) {
            source.meters().ranged(startedNanos, false);
            throw refused;
        }
    }

    private RangeResponse.Builder nextPage(ReadView view) {
        RangeReader reader = new RangeReader(pageRequest(), view);
        RangeResponse.Builder answer = reader.readPage(source.pageBytes());
        boolean last = !answer.getMore() || sent + answer.getKvsCount() == limit();
        long left = last && answer.getMore() ? reader.countAfter(answer) : 0;
        return answer.setCount(sent + answer.getKvsCount() + left);
    }

    private RangeRequest pageRequest() {
        return request.toBuilder()
                .clearSortOrder()
                .setKey(nextKey)
                .setRevision(revision)
                .setLimit(Math.min(pageKeys, limit() - sent))
                .build();
    }

    private long limit() {
        return request.getLimit() <= 0 ? Long.MAX_VALUE : request.getLimit();
    }

    private void send(Page page) {
        RangeResponse.Builder answer = page.answer();
        ResponseHeader pinned = header;
        if (pinned == null) {
            pinned = source.headers().of(page.at());
            header = pinned;
            revision = revision > 0 ? revision : pinned.getRevision();
        }
        sent += answer.getKvsCount();
        if (!answer.getMore() || sent == limit()) {
            send(answer.setHeader(pinned));
            call.onCompleted();
            return;
        }
        nextKey = RangeReader.after(answer);
        pageKeys = Math.min(2 * pageKeys, MAX_PAGE_KEYS);
        send(answer.clearMore().clearCount());
        busy = false;
        advance();
    }

    private void send(RangeResponse.Builder answer) {
        call.onNext(RangeStreamResponse.newBuilder().setRangeResponse(answer).build());
    }
}
