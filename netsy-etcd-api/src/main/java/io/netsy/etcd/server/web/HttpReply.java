package io.netsy.etcd.server.web;

import io.netsy.replication.model.Bytes;
import java.util.HashMap;
import java.util.Map;

/**
 * A whole answer.
 *
 * @param contentType "" for none
 * @param headers besides content type and length
 */
public record HttpReply(int status, String contentType, Map<String, String> headers, Bytes body) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    public HttpReply {
        headers = Map.copyOf(headers);
    }

    public static HttpReply text(int status, String text) {
        return new HttpReply(status, TEXT, Map.of(), Bytes.utf8(text));
    }

    public static HttpReply json(int status, String json) {
        return new HttpReply(status, JSON, Map.of(), Bytes.utf8(json));
    }

    /** Sends the client on to another path, with the same request. */
    public static HttpReply elsewhere(String path) {
        return new HttpReply(307, "", Map.of("Location", path), Bytes.EMPTY);
    }

    /** The same with one more header. */
    public HttpReply with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new HttpReply(status, contentType, more, body);
    }
}
