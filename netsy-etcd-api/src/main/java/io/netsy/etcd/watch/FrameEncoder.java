package io.netsy.etcd.watch;

import com.google.protobuf.CodedOutputStream;
import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.proto.rpc.ResponseHeader;
import io.netsy.etcd.proto.rpc.WatchResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Makes the responses of the Watch service (etcd semantics, sections 3 and 11). Safe for any thread. */
final class FrameEncoder {
    /** The id of a response that concerns no watcher, or all of a stream. */
    static final long NO_WATCHER = -1;

    private static final int FRAGMENT_FIELD_BYTES =
            CodedOutputStream.computeBoolSize(WatchResponse.FRAGMENT_FIELD_NUMBER, true);

    private final ClusterView cluster;
    private final int fragmentBytes;

    FrameEncoder(ClusterView cluster, int fragmentBytes) {
        this.cluster = cluster;
        this.fragmentBytes = fragmentBytes;
    }

    /** The encoded header field of a response. */
    byte[] header(long revision, long term) {
        return WatchResponse.newBuilder()
                .setHeader(ResponseHeader.newBuilder()
                        .setClusterId(cluster.clusterId())
                        .setMemberId(cluster.memberId())
                        .setRevision(revision)
                        .setRaftTerm(term))
                .build()
                .toByteArray();
    }

    WatchFrame created(byte[] header, long watchId) {
        return frame(header, WatchResponse.newBuilder().setWatchId(watchId).setCreated(true));
    }

    /** A create request that was turned down; the stream stays open. */
    WatchFrame refused(byte[] header, String reason) {
        return frame(
                header,
                WatchResponse.newBuilder()
                        .setWatchId(NO_WATCHER)
                        .setCreated(true)
                        .setCanceled(true)
                        .setCancelReason(reason));
    }

    WatchFrame canceled(byte[] header, long watchId) {
        return frame(header, WatchResponse.newBuilder().setWatchId(watchId).setCanceled(true));
    }

    /** The end of a watcher whose next revision is compacted; its header has revision 0. */
    WatchFrame compacted(long term, long watchId, long compactRevision) {
        return frame(
                header(0, term),
                WatchResponse.newBuilder().setWatchId(watchId).setCanceled(true).setCompactRevision(compactRevision));
    }

    /** Everything up to the header's revision was delivered to the watcher, or to all with {@link #NO_WATCHER}. */
    WatchFrame progress(byte[] header, long watchId) {
        return frame(header, WatchResponse.newBuilder().setWatchId(watchId));
    }

    private static WatchFrame frame(byte[] header, WatchResponse.Builder rest) {
        byte[] fields = rest.build().toByteArray();
        byte[] head = new byte[header.length + fields.length];
        System.arraycopy(header, 0, head, 0, header.length);
        System.arraycopy(fields, 0, head, header.length, fields.length);
        return new WatchFrame(head);
    }

    /**
     * The events of a batch from {@code from} on as one message, or as several when it reaches the limit and the
     * watcher allows it. Each piece stays below the limit unless it is a single event, which is never cut.
     */
    List<WatchFrame> events(byte[] header, Watcher watcher, EventBatch batch, int from) {
        byte[][] encoded = batch.encoded();
        WatchFrame whole = WatchFrame.of(head(header, watcher.id, false), batch, from, encoded.length);
        if (!watcher.spec.fragment() || whole.sizeBytes() < fragmentBytes || encoded.length - from < 2) {
            return List.of(whole);
        }
        byte[] fragmentHead = head(header, watcher.id, true);
        List<WatchFrame> pieces = new ArrayList<>();
        int start = from;
        while (start < encoded.length) {
            int end = endOfPiece(fragmentHead.length, encoded, start);
            byte[] head = end < encoded.length ? fragmentHead : head(header, watcher.id, false);
            pieces.add(WatchFrame.of(head, batch, start, end));
            start = end;
        }
        return pieces;
    }

    private int endOfPiece(int headBytes, byte[][] encoded, int start) {
        long size = (long) headBytes + encoded[start].length;
        int end = start + 1;
        while (end < encoded.length && size + encoded[end].length < fragmentBytes) {
            size += encoded[end].length;
            end++;
        }
        return end;
    }

    /** The fields in front of the events; the header itself when there is nothing to add. */
    private static byte[] head(byte[] header, long watchId, boolean fragment) {
        int idBytes =
                watchId == 0 ? 0 : CodedOutputStream.computeInt64Size(WatchResponse.WATCH_ID_FIELD_NUMBER, watchId);
        int size = header.length + idBytes + (fragment ? FRAGMENT_FIELD_BYTES : 0);
        if (size == header.length) {
            return header;
        }
        byte[] head = new byte[size];
        CodedOutputStream output = CodedOutputStream.newInstance(head);
        try {
            output.writeRawBytes(header);
            if (watchId != 0) {
                output.writeInt64(WatchResponse.WATCH_ID_FIELD_NUMBER, watchId);
            }
            if (fragment) {
                output.writeBool(WatchResponse.FRAGMENT_FIELD_NUMBER, true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("encoding a head into an array of its own size", e);
        }
        output.checkNoSpaceLeft();
        return head;
    }
}
