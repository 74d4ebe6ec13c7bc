package io.netsy.etcd.server.web;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/** What a request line asks for: a decoded path, and the parameters of the query. */
record RequestTarget(String path, Map<String, List<String>> query) {
    static RequestTarget of(String uri) {
        QueryStringDecoder decoder = new QueryStringDecoder(uri);
        return new RequestTarget(pathOf(decoder), parametersOf(decoder));
    }

    /** The path alone. */
    static String pathOf(String uri) {
        return pathOf(new QueryStringDecoder(uri));
    }

    private static String pathOf(QueryStringDecoder uri) {
        try {
            return uri.path();
        } catch (IllegalArgumentException malformed) {
            return uri.rawPath();
        }
    }

    private static Map<String, List<String>> parametersOf(QueryStringDecoder uri) {
        try {
            return uri.parameters();
        } catch (IllegalArgumentException malformed) {
            return Map.of();
        }
    }
}
