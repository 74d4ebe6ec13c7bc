package io.netsy.etcd.server.web;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A body on its way to its reader, who may come after its first bytes. Belongs to the connection's event loop. */
final class BodyFeed {
    private final Queue<byte[]> early = new ArrayDeque<>();
    private @Nullable BodyReader reader;
    private boolean ended;

    void piece(byte[] piece) {
        if (reader == null) {
            early.add(piece);
        } else if (piece.length > 0) {
            reader.onPiece(piece);
        }
    }

    void end() {
        ended = true;
        if (reader != null) {
            reader.onEnd();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /** Hands over what is here; the rest as it comes. */
    void read(BodyReader newReader) {
        reader = newReader;
        for (byte[] piece = early.poll(); piece != null; piece = early.poll()) {
            piece(piece);
        }
        if (ended) {
            newReader.onEnd();
        }
    }
}
