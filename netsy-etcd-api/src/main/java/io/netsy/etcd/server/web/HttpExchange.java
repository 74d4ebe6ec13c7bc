package io.netsy.etcd.server.web;

import java.util.List;
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

    /** The whole body; empty without one. Read only. */
    byte[] body();

    /** Answers. What comes after the first answer, or after the client left, is dropped. */
    void respond(HttpReply reply);

    /** Begins an answer of unknown length. */
    HttpStream stream(int status, String contentType);

    /** Runs the task when the client leaves before the answer is complete; at once when it has left already. */
    void onAbandoned(Runnable task);
}
