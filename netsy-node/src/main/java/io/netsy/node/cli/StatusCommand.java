package io.netsy.node.cli;

import io.netsy.node.status.ClientTls;
import io.netsy.node.status.Endpoint;
import io.netsy.node.status.StatusClient;
import io.netsy.node.status.StatusReport;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code netsy status}: asks running nodes how they are. */
@Command(
        name = "status",
        description = "Asks running nodes how they are, over their client port.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all endpoints answer, have a primary and no alarm", "1:one of them does not", "2:wrong usage"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  netsy status",
            "      the node on 127.0.0.1:2379",
            "  netsy status --endpoints 10.0.0.1:2379,10.0.0.2:2379 --cacert ca.pem --cert client.pem --key client.key",
            "  netsy status --output json | jq '.endpoints[].store_price_usd'",
            "      what the requests to the bucket have cost since the node started"
        })
final class StatusCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--endpoints",
            split = ",",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:2379",
            description = "Client addresses to ask, separated by commas; https:// before one asks for TLS."
                    + " Default: 127.0.0.1:2379.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<String> endpoints;

    @Option(
            names = "--metrics",
            split = ",",
            paramLabel = "URL",
            description = "Where the metrics are, one URL an endpoint in the same order;"
                    + " unset takes /metrics of the client address.")
    private @Nullable List<URI> metrics;

    @Option(names = "--cacert", paramLabel = "FILE", description = "PEM file of who signs the nodes' certificates.")
    private @Nullable Path cacert;

    @Option(names = "--cert", paramLabel = "FILE", description = "PEM file of a client certificate.")
    private @Nullable Path cert;

    @Option(names = "--key", paramLabel = "FILE", description = "PEM file of its private key.")
    private @Nullable Path key;

    @Option(
            names = "--timeout-seconds",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Longest wait for each answer. Default: 5.")
    private int timeoutSeconds;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "table|json",
            defaultValue = "table",
            description = "How it is shown. Default: table.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Output output;

    /** The forms it is shown in. */
    enum Output {
        TABLE,
        JSON
    }

    @Override
    public Integer call() throws Exception {
        ClientTls tls;
        List<StatusClient.Target> targets;
        try {
            tls = new ClientTls(cacert, cert, key);
            targets = targets(tls);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        StatusReport report = new StatusClient(tls, Duration.ofSeconds(timeoutSeconds)).ask(targets);
        spec.commandLine().getOut().print(output == Output.JSON ? report.json() : report.table());
        spec.commandLine().getOut().flush();
        return report.healthy() ? 0 : 1;
    }

    private List<StatusClient.Target> targets(ClientTls tls) {
        if (timeoutSeconds < 1) {
            throw new IllegalArgumentException("--timeout-seconds must be at least 1, not " + timeoutSeconds);
        }
        if (metrics != null && metrics.size() != endpoints.size()) {
            throw new IllegalArgumentException("--metrics has %d URLs for %d endpoints; give one each"
                    .formatted(metrics.size(), endpoints.size()));
        }
        List<StatusClient.Target> targets = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            targets.add(new StatusClient.Target(
                    Endpoint.parse(endpoints.get(i).strip(), tls.isGiven()), metrics == null ? null : metrics.get(i)));
        }
        return targets;
    }
}
