package io.netsy.etcd.server.web;

/** Takes a request's body. Its methods run on the connection's event loop, so they must not block. */
public interface BodyReader {
    /** The next bytes; no more come until {@link HttpExchange#readMore}, but for those that are here already. */
    void onPiece(byte[] piece);

    /** That was all; not called when the client leaves before. */
    void onEnd();
}
