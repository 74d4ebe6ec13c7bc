package io.netsy.node.archive;

import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.file.FileObjectStore;
import io.netsy.node.wiring.objectstore.StoreEnvironments;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.Chunk;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Change;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** A log of small chunks on a file store. */
public final class LogFixture {
    public static final UUID CLUSTER = new UUID(1, 1);
    public static final UUID PROCESS = new UUID(2, 2);

    public final ObjectStore store;
    public final LogArchive archive;
    public LogPosition tip = LogPosition.START;
    public long revision = 1;

    public LogFixture(Path folder) {
        store = FileObjectStore.open(folder, StoreEnvironments.system());
        archive = new LogArchive(store, CLUSTER);
    }

    static Chunk chunk(long term, LogPosition tip, Entry entry, long revision) {
        FrameBuilder builder = new FrameBuilder(term, tip, revision);
        builder.append(entry, revision);
        return new Chunk(term, PROCESS, List.of(builder.seal(0)));
    }

    Chunk put(long term, Entry entry) {
        Chunk chunk = chunk(term, tip, entry, revision);
        if (!(archive.put(chunk) instanceof PutOutcome.Created)) {
            throw new AssertionError("taken: " + chunk);
        }
        tip = chunk.end();
        return chunk;
    }

    public Chunk write(long term, int valueBytes) {
        revision++;
        Change put = new Change.Put(Bytes.utf8("k"), Bytes.wrap(new byte[valueBytes]), revision, 1, 0);
        return put(term, new Entry.Transaction(revision, List.of(put)));
    }

    public Chunk startTerm(long term) {
        return put(term, new Entry.TermStart(term, PROCESS, tip.term()));
    }
}
