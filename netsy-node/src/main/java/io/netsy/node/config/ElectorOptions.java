package io.netsy.node.config;

import static io.netsy.node.config.Option.define;
import static io.netsy.node.config.Option.defineSecret;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The options of electing, in the order in which the reference lists them. */
final class ElectorOptions {
    /** What {@code elector.assignment} says. */
    enum Assignment {
        STATIC,
        STORE,
        KUBERNETES,
        FILE,
        HTTP
    }

    static final Option<Assignment> ASSIGNMENT = define(
            "elector.assignment",
            OptionTypes.oneOf(Assignment.class),
            "store",
            "Who says which process is the elector, of a cluster without cluster.primary: see design/ELECTOR.md.");
    static final Option<Boolean> EMBEDDED = define(
            "elector.embedded",
            OptionTypes.BOOLEAN,
            "true",
            "Whether this node may be the elector; false where netsy elector runs beside the nodes.");
    static final Option<Duration> HEARTBEAT = define(
            "elector.heartbeat",
            OptionTypes.DURATION,
            "200ms",
            "How often the elector asks each node for a sign of life.");
    static final Option<Duration> FAIL_AFTER = define(
            "elector.failAfter",
            OptionTypes.DURATION,
            "1s",
            "A primary that was silent for so long is replaced; at least two heartbeats.");
    static final Option<Duration> LEASE = define(
            "elector.lease",
            OptionTypes.DURATION,
            "15s",
            "How long the elector's role is held without renewing, of store, kubernetes and http.");
    static final Option<Duration> RENEW_EVERY = define(
            "elector.renewEvery",
            OptionTypes.DURATION,
            null,
            "How often it is renewed; unset is 5s for store, else 2s.");
    static final Option<Duration> REQUEST_TIMEOUT = define(
            "elector.requestTimeout",
            OptionTypes.DURATION,
            "5s",
            "Longest wait for one answer of the API server or the coordinator.");
    static final Option<String> STATIC_NODE = define(
            "elector.static.node",
            OptionTypes.TEXT,
            null,
            "The node that is the elector, or the name of a netsy elector beside the nodes.");
    static final Option<URI> KUBERNETES_URL = define(
            "elector.kubernetes.url", OptionTypes.URL, null, "API server; unset is the one of this pod's cluster.");
    static final Option<Path> KUBERNETES_TOKEN_FILE = define(
            "elector.kubernetes.tokenFile",
            OptionTypes.PATH,
            null,
            "File with a bearer token for that API server; read for each request.");
    static final Option<Path> KUBERNETES_CA_FILE = define(
            "elector.kubernetes.caFile",
            OptionTypes.PATH,
            null,
            "PEM file of who signs that API server's certificate; read again when it changes.");
    static final Option<String> KUBERNETES_NAMESPACE = define(
            "elector.kubernetes.namespace", OptionTypes.TEXT, null, "Namespace of the Lease; unset is this pod's own.");
    static final Option<String> KUBERNETES_NAME = define(
            "elector.kubernetes.name",
            OptionTypes.TEXT,
            "netsy-elector",
            "Name of the Lease; one for each Netsy cluster.");
    static final Option<Path> FILE_PATH = define(
            "elector.file.path", OptionTypes.PATH, null, "File with the elector's name; replace it by a rename.");
    static final Option<Duration> FILE_REREAD_EVERY = define(
            "elector.file.rereadEvery",
            OptionTypes.DURATION,
            "5s",
            "How often that file is read, however well the watch on its folder works.");
    static final Option<URI> HTTP_URL =
            define("elector.http.url", OptionTypes.URL, null, "The coordinator; one URL for each Netsy cluster.");
    static final Option<String> HTTP_TOKEN =
            defineSecret("elector.http.token", OptionTypes.TEXT, "Bearer token for the coordinator.");
    static final Option<Path> HTTP_TOKEN_FILE = define(
            "elector.http.tokenFile", OptionTypes.PATH, null, "File with that token instead; read for each request.");
    static final Option<Path> HTTP_CA_FILE = define(
            "elector.http.caFile",
            OptionTypes.PATH,
            null,
            "PEM file of who signs the coordinator's certificate; unset are those that Java trusts.");
    static final Option<Boolean> HTTP_CAMPAIGN = define(
            "elector.http.campaign",
            OptionTypes.BOOLEAN,
            "true",
            "Whether nodes ask the coordinator for the role; false for one that names who it likes.");

    static final List<Option<?>> ALL = List.of(
            ASSIGNMENT,
            EMBEDDED,
            HEARTBEAT,
            FAIL_AFTER,
            LEASE,
            RENEW_EVERY,
            REQUEST_TIMEOUT,
            STATIC_NODE,
            KUBERNETES_URL,
            KUBERNETES_TOKEN_FILE,
            KUBERNETES_CA_FILE,
            KUBERNETES_NAMESPACE,
            KUBERNETES_NAME,
            FILE_PATH,
            FILE_REREAD_EVERY,
            HTTP_URL,
            HTTP_TOKEN,
            HTTP_TOKEN_FILE,
            HTTP_CA_FILE,
            HTTP_CAMPAIGN);

    private ElectorOptions() {}
}
