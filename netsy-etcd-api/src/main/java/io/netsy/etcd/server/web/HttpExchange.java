package io.netsy.etcd.server.web;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 request and the way to answer it, once, by {@link #respond} or {@link #stream}. Safe for any thread.
 */
public interface HttpExchange {
    /** {@code GET}, {@code POST} and so on. */
    String method();

    /** The path without the query, decoded. */
    String path();

    /** All values of a query parameter; empty when it is missing. A parameter without {@code =} has the value "". */
    List<String> query(String name);

    /** The first value of a header, or null; letter case of the name does not matter. */
    @Nullable
    String header(String name);

    /** All headers; names are in the letter case that the client wrote. */
    List<Map.Entry<String, String>> headers();

    /** The whole body; empty without one, and where the handler {@linkplain HttpHandler#takesPieces takes pieces}. Read only. */
    byte[] body();

    /** Has the body read, once: in pieces as it comes where the handler takes pieces, else as one. */
    void readBody(BodyReader reader);

    /** Lets the next pieces of the body come. */
    void readMore();

    /** Adds a header to the answer, whichever it will be; to be called before there is one. */
    void answerHeader(String name, String value);

    /** Answers. What comes after the first answer, or after the client left, is dropped. */
    void respond(HttpReply reply);

    /** Begins an answer of unknown length. */
    HttpStream stream(int status, String contentType);

    /**
     * Runs the task when the client leaves before the answer is complete; at once when it has left already. When the
     * server stops, it is run for an answer that is a stream, which is then to be ended.
     */
    void onAbandoned(Runnable task);
}
