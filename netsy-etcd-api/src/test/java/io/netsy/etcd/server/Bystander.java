package io.netsy.etcd.server;

import static io.netsy.etcd.testkit.Requests.put;
import static io.netsy.etcd.testkit.Requests.range;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Channel;
import io.netsy.etcd.proto.mvcc.Event;
import io.netsy.etcd.proto.rpc.KVGrpc;
import io.netsy.etcd.testkit.WireEtcd;
import io.netsy.etcd.testkit.WireWatch;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A well-behaved client on a connection of its own: round after round it puts, gets what it put, and sees its event. */
final class Bystander implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final WireEtcd etcd;
    private final Channel channel;
    private final WireWatch watch;
    private final AtomicInteger rounds = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean done;

    Bystander(WireEtcd etcd) throws InterruptedException {
        this.etcd = etcd;
        this.channel = etcd.connect();
        this.watch = new WireWatch(channel);
        watch.created("bystander", UnaryOperator.identity());
        this.thread = Thread.ofPlatform().name("bystander").start(this::run);
    }

    private void run() {
        try {
            while (!done) {
                round(Integer.toString(rounds.get()));
                rounds.incrementAndGet();
            }
        } catch (RuntimeException | InterruptedException | AssertionError failure) {
            failures.add(failure);
        }
    }

    private void round(String value) throws InterruptedException {
        KVGrpc.KVBlockingStub kv =
                KVGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        long revision = kv.put(put("bystander", value).build()).getHeader().getRevision();
        assertThat(kv.range(range("bystander").build()).getKvs(0).getValue().toStringUtf8())
                .isEqualTo(value);
        Event event = watch.events(1).getFirst();
        assertThat(event.getKv().getModRevision()).isEqualTo(revision);
    }

    /** Fails unless rounds go on from here, a newcomer is served, and none ever failed. */
    void assertUnaffected() {
        int before = rounds.get();
        await().atMost(PATIENCE).until(() -> rounds.get() >= before + 3 || !failures.isEmpty());
        assertThat(failures).as("a bystander's rounds").isEmpty();
        KVGrpc.KVBlockingStub newcomer = KVGrpc.newBlockingStub(etcd.connect());
        assertThat(newcomer.withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                        .range(range("bystander").build())
                        .getCount())
                .isEqualTo(1);
    }

    @Override
    public void close() {
        done = true;
        await().atMost(PATIENCE.multipliedBy(2)).until(() -> !thread.isAlive());
        watch.close();
    }
}
