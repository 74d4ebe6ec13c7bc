package io.netsy.node.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.LogFixture;
import io.netsy.node.archive.SnapshotArchive;
import io.netsy.node.clock.SystemClock;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.replica.ReplicaConfig;
import io.netsy.node.replica.ReplicaIdentity;
import io.netsy.node.replica.ReplicaLimits;
import io.netsy.replication.model.LogPosition;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
    private static final int WRITES_MEANWHILE = 500;

    @TempDir
    Path folder;

    private int writesLeft;

    /** A store in whose log another node writes a chunk whenever one is read, for a while. */
    private ObjectStore withAPrimaryThatWrites(LogFixture log) {
        return (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("get") && writesLeft > 0) {
                        writesLeft--;
                        log.write(1, 10);
                    }
                    return method.invoke(log.store, arguments);
                });
    }

    private Recovery.Setup setup(ObjectStore store) {
        return new Recovery.Setup(
                new ReplicaConfig(
                        folder.resolve("replica.db"),
                        new ReplicaIdentity(LogFixture.CLUSTER, new UUID(3, 3)),
                        ReplicaLimits.DEFAULT),
                health -> {},
                new LogArchive(store, LogFixture.CLUSTER),
                new SnapshotArchive(store, LogFixture.CLUSTER, folder.resolve("temporary"), SystemClock.wall()),
                Runnable::run,
                new LoggedProgress(SystemClock.nanoTime()),
                position -> false);
    }

    @Test
    void aPrimaryThatWritesOnIsNotRunAfter() throws Exception {
        LogFixture log = new LogFixture(folder.resolve("store"));
        log.startTerm(1);
        for (int i = 0; i < 100; i++) {
            log.write(1, 10);
        }
        Recovery recovery = Recovery.begin(setup(withAPrimaryThatWrites(log)));
        try (var _ = recovery.replica()) {
            LogPosition atTheCall = log.tip;
            writesLeft = WRITES_MEANWHILE;
            assertThat(recovery.catchUp().position()).isEqualTo(atTheCall);
            assertThat(writesLeft).isPositive();

            assertThat(recovery.tip().position()).isEqualTo(atTheCall);
            assertThat(recovery.advance().position()).isEqualTo(log.tip);
            assertThat(recovery.tip().state().revision()).isEqualTo(log.revision);
        }
    }
}
