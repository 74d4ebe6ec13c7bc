package io.netsy.etcd.election;

import com.google.protobuf.ByteString;
import io.netsy.etcd.concurrency.Client;
import io.netsy.etcd.concurrency.KeyEvents;
import io.netsy.etcd.concurrency.Queues;
import io.netsy.etcd.concurrency.Turns;
import io.netsy.etcd.proto.election.LeaderResponse;
import io.netsy.etcd.proto.mvcc.KeyValue;
import io.netsy.etcd.proto.rpc.RangeResponse;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.rpc.ByteStrings;
import io.netsy.etcd.rpc.KeyValues;
import io.netsy.etcd.state.KeyEvent;
import io.netsy.replication.model.Bytes;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One call of Observe (etcd semantics, section 14):
 *
 * <ol>
 *   <li>follow the election's keys from now on;
 *   <li>read who leads, and tell it; if nobody does, the next key that is put leads;
 *   <li>tell every later value of that key, until it is deleted; then read again.
 * </ol>
 *
 * <p>A client that does not keep up misses values in between: when it takes more, the leader is read anew, so that it
 * always gets the newest. As in etcd, a read that fails ends the stream without an error.
 *
 * <p>Its state is guarded by its own lock; events come in on the committing thread by way of {@link EventBuffer}.
 */
final class Observation {
    private final ByteString prefix;
    private final Client client;
    private final Turns turns;
    private final LeaderStream stream;
    private final LongFunction<ResponseHeader> headerAt;
    private final EventBuffer events;
    private KeyEvents.@Nullable Registration following;
    private @Nullable Bytes leader;
    private long readRevision;
    private boolean reading;
    private boolean lagging;
    private boolean ended;

    /** @param headerAt the header of a value that was put at a revision */
    Observation(
            ByteString prefix, Client client, Turns turns, LeaderStream stream, LongFunction<ResponseHeader> headerAt) {
        this.prefix = prefix;
        this.client = client;
        this.turns = turns;
        this.stream = stream;
        this.headerAt = headerAt;
        this.events = new EventBuffer(() -> turns.executor().execute(this::takeEvents));
    }

    /** Begins; on the handler's thread. */
    synchronized void start() {
        stream.listen(this::onReady, this::onCancel);
        following = turns.events().follow(ByteStrings.toBytes(prefix), events::add);
        read();
    }

    private void read() {
        reading = true;
        var _ = client.range(Queues.oldest(prefix)).whenComplete((answer, failure) -> {
            if (failure == null) {
                onRead(answer);
            } else {
                onFailed();
            }
        });
    }

    private synchronized void onRead(RangeResponse answer) {
        reading = false;
        readRevision = answer.getHeader().getRevision();
        if (answer.getKvsCount() == 0) {
            leader = null;
        } else {
            KeyValue oldest = answer.getKvs(0);
            leader = ByteStrings.toBytes(oldest.getKey());
            tell(answer.getHeader(), oldest);
        }
        takeEvents();
    }

    private synchronized void takeEvents() {
        if (ended || reading) {
            return;
        }
        List<KeyEvent> taken = events.take();
        if (taken == null) {
            read();
            return;
        }
        for (KeyEvent event : taken) {
            // What a new read is about to show, or a client that lags would not take, is passed over.
            if (!reading && !lagging && event.record().modRevision() > readRevision) {
                see(event);
            }
        }
    }

    private void see(KeyEvent event) {
        Bytes key = event.record().key();
        boolean put = event.record().isLive();
        if (leader == null && put) {
            leader = key;
        }
        if (leader == null || !leader.equals(key)) {
            return;
        }
        if (put) {
            tell(headerAt.apply(event.record().modRevision()), KeyValues.of(event.record(), event.value()));
        } else {
            read();
        }
    }

    private void tell(ResponseHeader header, KeyValue value) {
        LeaderResponse response =
                LeaderResponse.newBuilder().setHeader(header).setKv(value).build();
        lagging = !ended && !stream.offer(response);
    }

    private synchronized void onReady() {
        if (!ended && stream.drain() && lagging) {
            lagging = false;
            if (!reading) {
                read();
            }
        }
    }

    private synchronized void onFailed() {
        if (end()) {
            stream.end();
        }
    }

    private synchronized void onCancel() {
        end();
    }

    private boolean end() {
        boolean first = !ended;
        ended = true;
        if (following != null) {
            following.close();
        }
        return first;
    }
}
