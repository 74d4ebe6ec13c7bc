package io.netsy.node.check;

import io.netsy.elector.term.RegisterException;
import io.netsy.elector.term.RegisterStorage.Stored;
import io.netsy.elector.term.TermRegister;
import io.netsy.node.archive.ClusterIdentity;
import io.netsy.node.archive.DamagedObjectException;
import io.netsy.node.archive.LogArchive;
import io.netsy.node.archive.LogKeys;
import io.netsy.node.archive.SnapshotInfo;
import io.netsy.node.archive.SnapshotVerifier;
import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.snapshot.SnapshotHeader;
import io.netsy.node.term.ObjectRegisterStorage;
import io.netsy.replication.model.LogPosition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a bucket: {@code cluster.json}, {@code term.json}, every snapshot, every chunk, and that they fit each other.
 * Reads alone. A node may run on the bucket meanwhile; what it adds is left for the next check.
 *
 * <p>Errors of the store itself end the check with {@link io.netsy.node.objectstore.ObjectStoreException}.
 */
final class BucketCheck {
    private static final int LIST_LIMIT = 1000;

    private final ObjectStore store;
    private final Executor executor;
    private final List<Finding> findings;
    private final CheckProgress progress;

    /**
     * @param executor runs blocking reads
     * @param findings where findings go
     */
    BucketCheck(ObjectStore store, Executor executor, List<Finding> findings, CheckProgress progress) {
        this.store = store;
        this.executor = executor;
        this.findings = findings;
        this.progress = progress;
    }

    /**
     * Checks everything.
     *
     * @param dataDir what was found on a disk that must fit the bucket; null when none was looked at
     */
    BucketSummary run(@Nullable DataDirSummary dataDir) throws IOException {
        UUID cluster = cluster();
        TermRegister register = register();
        Long term = register == null ? null : register.term();
        if (cluster == null) {
            return new BucketSummary(store.describe(), null, term, null, List.of());
        }
        List<Claim> claims = new ArrayList<>();
        if (dataDir != null) {
            claims.addAll(DataDirClaims.of(dataDir, cluster, store.describe(), findings));
        }
        claimTip(register, claims);
        Map<Claim, BucketSummary.Snapshot> snapshots = snapshots(cluster);
        claims.addAll(snapshots.keySet());
        Claims open = new Claims(claims, findings);
        ChainSummary chain = chain(cluster, register, open);
        compareTerms(register, chain);
        requireBeginning(chain, snapshots, open);
        return new BucketSummary(store.describe(), cluster, term, chain, List.copyOf(snapshots.values()));
    }

    private @Nullable UUID cluster() {
        try {
            Optional<ClusterIdentity> identity = ClusterIdentity.read(store);
            if (identity.isPresent()) {
                return identity.get().clusterId();
            }
            boolean used = !store.list(LogKeys.LOG_PREFIX, null, 1).isEmpty()
                    || store.get(LogKeys.TERM).isPresent();
            findings.add(
                    used
                            ? new Finding(
                                    LogKeys.CLUSTER + " in " + store.describe(),
                                    "is missing, so log and snapshots were not checked",
                                    "restore the object from a version of the bucket")
                            : new Finding(
                                    "store " + store.describe(),
                                    "holds no cluster",
                                    "check --store: bucket, prefix and endpoint"));
        } catch (DamagedObjectException e) {
            findings.add(new Finding(e.object(), e.reason() + ", so log and snapshots were not checked", e.wayOut()));
        }
        return null;
    }

    private @Nullable TermRegister register() {
        try {
            Optional<Stored> stored = new ObjectRegisterStorage(store).read();
            if (stored.isPresent()) {
                return stored.get().register();
            }
            if (!store.list(LogKeys.LOG_PREFIX, null, 1).isEmpty()) {
                findings.add(new Finding(
                        LogKeys.TERM + " in " + store.describe(),
                        "is missing, though there is a log",
                        "restore the object from a version of the bucket; without it two writers could share a term"));
            }
        } catch (RegisterException e) {
            findings.add(Finding.of(LogKeys.TERM + " in " + store.describe(), e));
        }
        return null;
    }

    private static void claimTip(@Nullable TermRegister register, List<Claim> claims) {
        if (register != null && register.requiredTip() != null) {
            claims.add(new Claim(
                    LogKeys.TERM,
                    "its required tip",
                    register.requiredTip(),
                    "the bucket lost chunks: restore them from a version of the bucket"));
        }
    }

    private Map<Claim, BucketSummary.Snapshot> snapshots(UUID cluster) throws IOException {
        SnapshotVerifier archive = new SnapshotVerifier(store, cluster);
        Map<Claim, BucketSummary.Snapshot> sound = new LinkedHashMap<>();
        for (SnapshotInfo info : archive.newestFirst()) {
            try {
                SnapshotHeader header = archive.verify(info, progress::at);
                Claim claim = new Claim(
                        "snapshot " + info.key(),
                        "its position",
                        header.position(),
                        "it is of another history: delete it, unless a chunk is named as well");
                sound.put(
                        claim,
                        new BucketSummary.Snapshot(
                                info.key(), info.index(), info.revision(), header.rowCount(), info.sizeBytes()));
            } catch (DamagedObjectException e) {
                findings.add(Finding.of(e));
            } catch (ObjectStoreException.ObjectMissing e) {
                // A node deleted it since it was listed, as it does with old ones.
            }
        }
        return sound;
    }

    private ChainSummary chain(UUID cluster, @Nullable TermRegister register, Claims claims) {
        List<ObjectInfo> chunks = new ArrayList<>();
        String cursor = null;
        List<ObjectInfo> page;
        do {
            page = store.list(LogKeys.LOG_PREFIX, cursor, LIST_LIMIT);
            for (ObjectInfo info : page) {
                cursor = info.key();
                takeListed(info, chunks);
            }
        } while (page.size() == LIST_LIMIT);
        long known = register == null ? 1 : register.logFloor();
        ChainCheck check =
                new ChainCheck(new LogArchive(store, cluster), executor, () -> currentFloor(known), claims, findings);
        return check.run(chunks, progress);
    }

    private void takeListed(ObjectInfo info, List<ObjectInfo> chunks) {
        if (LogKeys.firstIndexOf(info.key()) > 0) {
            chunks.add(info);
        } else {
            findings.add(new Finding(
                    "object " + info.key(), "is no chunk", "nobody but netsy may write below this prefix; remove it"));
        }
    }

    private long currentFloor(long known) {
        return registerNow().map(TermRegister::logFloor).orElse(known);
    }

    /** The register as it is by now, if it can be read: a node may run meanwhile. */
    private Optional<TermRegister> registerNow() {
        try {
            return new ObjectRegisterStorage(store).read().map(Stored::register);
        } catch (RegisterException e) {
            return Optional.empty();
        }
    }

    private void compareTerms(@Nullable TermRegister register, ChainSummary chain) {
        LogPosition tip = chain.tip();
        if (register == null || tip == null || tip.term() <= register.term()) {
            return;
        }
        long now = registerNow().map(TermRegister::term).orElse(register.term());
        if (tip.term() > now) {
            findings.add(new Finding(
                    LogKeys.TERM,
                    "is at term %d, behind the log, which ends at %s".formatted(now, tip),
                    "an older version was restored: restore the newest one"));
        }
    }

    /** A log whose beginning was deleted needs a snapshot to begin from. */
    private void requireBeginning(ChainSummary chain, Map<Claim, BucketSummary.Snapshot> snapshots, Claims claims) {
        boolean whole = chain.firstIndex() <= 1;
        boolean reached = snapshots.keySet().stream()
                .anyMatch(claim -> claims.holds(claim) && claim.position().index() >= chain.firstIndex() - 1);
        if (!whole && !reached) {
            findings.add(new Finding(
                    "the log in " + store.describe(),
                    "begins at index %d, and no sound snapshot leads there".formatted(chain.firstIndex()),
                    "restore a snapshot from a version of the bucket before a node's replica is lost"));
        }
    }
}
