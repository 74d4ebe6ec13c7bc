package io.netsy.etcd.maintenance.snapshot;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.maintenance.bbolt.BoltWriter;
import io.netsy.etcd.port.CommittedState;
import io.netsy.etcd.port.HistoryExport;
import io.netsy.etcd.proto.rpc.SnapshotResponse;
import io.netsy.etcd.rpc.Failures;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's snapshot, on a thread of its own.
 *
 * <ol>
 *   <li>Write the whole state to a file, from a view that is closed when it stands.
 *   <li>Send the file in blobs, one whenever the connection takes one.
 *   <li>Send the SHA-256 of all of it.
 * </ol>
 */
final class SnapshotCall implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCall.class);

    /** As etcd cuts it. */
    private static final int BLOB_BYTES = 32 << 10;

    private final ServerCallStreamObserver<SnapshotResponse> call;
    private final Demand demand;
    private final HistoryExport history;
    private final SnapshotContents contents;
    private final SnapshotSettings settings;
    private final MessageDigest digest = sha256();

    SnapshotCall(
            ServerCallStreamObserver<SnapshotResponse> call,
            Demand demand,
            HistoryExport history,
            SnapshotContents contents,
            SnapshotSettings settings) {
        this.call = call;
        this.demand = demand;
        this.history = history;
        this.contents = contents;
        this.settings = settings;
    }

    @Override
    public void run() {
        try (SnapshotFile file = SnapshotFile.create(settings)) {
            long size = write(file);
            send(file, size);
            call.onCompleted();
        } catch (CancellationException e) {
            LOG.info("snapshot given up, its client left");
        } catch (InterruptedException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt();
            fail(EtcdError.STOPPED.status());
        } catch (IOException e) {
            LOG.warn("snapshot given up: {}", e.toString());
            fail(Status.UNKNOWN.withDescription(e.toString()));
        } catch (RuntimeException e) {
            fail(Failures.toStatus(e));
        }
    }

    /** An error that etcd has no text for is answered as UNKNOWN, in its own words. */
    private void fail(Status status) {
        call.onError(status.asRuntimeException());
    }

    private long write(SnapshotFile file) throws IOException {
        try (HistoryExport.View view = history.open()) {
            BoltWriter writer = new BoltWriter(file.output());
            contents.write(view, demand::checkCalled, writer);
            long size = writer.finish();
            CommittedState at = view.at();
            LOG.info(
                    "snapshot written revision={} index={} size_mib={}",
                    at.state().revision(),
                    at.index(),
                    size >> 20);
            return size;
        }
    }

    private void send(SnapshotFile file, long size) throws IOException, InterruptedException {
        for (long sent = 0; sent < size; ) {
            byte[] blob = new byte[(int) Math.min(BLOB_BYTES, size - sent)];
            file.read(blob, sent);
            digest.update(blob);
            sent += blob.length;
            send(blob, size - sent);
        }
        send(digest.digest(), 0);
    }

    private void send(byte[] blob, long remaining) throws InterruptedException {
        if (!demand.await(settings.patience())) {
            LOG.warn("snapshot given up, its client took nothing for {}", settings.patience());
            throw EtcdError.TIMED_OUT.exception();
        }
        ByteString bytes = UnsafeByteOperations.unsafeWrap(blob);
        call.onNext(SnapshotResponse.newBuilder()
                .setRemainingBytes(remaining)
                .setBlob(bytes)
                .setVersion(contents.storageVersion())
                .build());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
