package io.netsy.node.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final UUID DISK = new UUID(2, 2);

    @TempDir
    Path parent;

    @Test
    void keepsItsDiskIdOverRestarts() throws Exception {
        Path path = parent.resolve("a/b");
        try (DataDirectory directory = DataDirectory.open(path)) {
            assertThat(directory.identify(CLUSTER, "n1", () -> DISK).diskId()).isEqualTo(DISK);
        }
        try (DataDirectory directory = DataDirectory.open(path)) {
            assertThat(directory.identify(CLUSTER, "n1", () -> new UUID(3, 3)).diskId())
                    .isEqualTo(DISK);
        }
    }

    @Test
    void isHeldByOneProcessAndNamesIt() throws Exception {
        try (DataDirectory directory = DataDirectory.open(parent)) {
            assertThatThrownBy(() -> DataDirectory.open(directory.path()))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining(
                            "process id " + ProcessHandle.current().pid())
                    .hasMessageContaining("--data-dir");
        }
    }

    @Test
    void refusesAnotherCluster() throws Exception {
        try (DataDirectory directory = DataDirectory.open(parent)) {
            directory.identify(CLUSTER, "n1", () -> DISK);

            assertThatThrownBy(() -> directory.identify(new UUID(9, 9), "n1", () -> DISK))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("belongs to cluster " + CLUSTER);
        }
    }

    @Test
    void aPromisedTermOnlyRises() throws Exception {
        try (DataDirectory directory = DataDirectory.open(parent)) {
            assertThat(directory.promisedTerm()).isZero();
            directory.promiseTerm(5);
            directory.promiseTerm(4);
        }
        try (DataDirectory directory = DataDirectory.open(parent)) {
            assertThat(directory.promisedTerm()).isEqualTo(5);
        }
    }

    @Test
    void refusesAnotherNode() throws Exception {
        try (DataDirectory directory = DataDirectory.open(parent)) {
            directory.identify(CLUSTER, "n1", () -> DISK);

            assertThatThrownBy(() -> directory.identify(CLUSTER, "n2", () -> DISK))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("belongs to node 'n1'");
        }
    }

    @Test
    void namesADamagedIdentityAndTheWayOut() throws Exception {
        try (DataDirectory directory = DataDirectory.open(parent)) {
            Files.writeString(parent.resolve("identity.json"), "{\"format\":1");

            assertThatThrownBy(() -> directory.identify(CLUSTER, "n1", () -> DISK))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("identity.json is damaged");
        }
    }

    @Test
    void namesAPathThatCannotBeADirectory() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "x");

        assertThatThrownBy(() -> DataDirectory.open(file.resolve("sub")))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("can't be written");
    }
}
