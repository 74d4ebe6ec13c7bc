package io.netsy.node.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import io.netsy.node.datadir.DataDirectory;
import io.netsy.node.writeahead.WriteAheadFile;
import io.netsy.replication.codec.FrameBuilder;
import io.netsy.replication.core.StandbyEffect.RebuildFromBucket;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.LogPosition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildTest {
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final UUID OLD_DISK = new UUID(2, 2);
    private static final UUID NEW_DISK = new UUID(3, 3);

    @TempDir
    Path path;

    @BeforeEach
    void aStandbyLeftItsFiles() throws Exception {
        try (DataDirectory directory = DataDirectory.open(path)) {
            directory.identify(CLUSTER, "b", () -> OLD_DISK);
            directory.promiseTerm(5);
            Files.writeString(directory.replicaFile(), "a replica");
            try (WriteAheadFile file = WriteAheadFile.open(directory.writeAheadFolder(), 1 << 20)) {
                FrameBuilder builder = new FrameBuilder(5, LogPosition.START, 1);
                builder.append(new Entry.Compaction(1), 1);
                file.append(builder.seal(0));
            }
        }
    }

    private UUID diskAfter(RebuildFromBucket order) throws Exception {
        Rebuild.wipe(path, order, () -> NEW_DISK);
        try (DataDirectory directory = DataDirectory.open(path)) {
            assertThat(directory.replicaFile()).doesNotExist();
            try (WriteAheadFile file = WriteAheadFile.open(directory.writeAheadFolder(), 1 << 20)) {
                assertThat(file.end()).isEqualTo(LogPosition.START);
            }
            assertThat(directory.promisedTerm()).isEqualTo(5);
            return directory.identity().orElseThrow().diskId();
        }
    }

    @Test
    void scenario06_aDirectoryThatLosesItsVoteIsANewDisk() throws Exception {
        assertThat(diskAfter(new RebuildFromBucket("the standby failed", true))).isEqualTo(NEW_DISK);
    }

    @Test
    void scenario06_aDirectoryThatKeepsItsVoteIsTheSameDisk() throws Exception {
        assertThat(diskAfter(new RebuildFromBucket("too old", false))).isEqualTo(OLD_DISK);
    }
}
