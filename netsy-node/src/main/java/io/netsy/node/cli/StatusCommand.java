package io.netsy.node.cli;

import io.netsy.node.status.ClientTls;
import io.netsy.node.status.Endpoint;
import io.netsy.node.status.StatusClient;
import io.netsy.node.status.StatusReport;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ClientFlags client;

    @Option(
            names = "--metrics",
            split = ",",
            paramLabel = "URL",
            description = "Where the metrics are, one URL an endpoint in the same order;"
                    + " unset takes /metrics of the client address.")
    private @Nullable List<URI> metrics;

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
        Duration timeout;
        List<StatusClient.Target> targets;
        try {
            tls = client.tls();
            timeout = client.timeout();
            targets = targets(client.endpoints());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        StatusReport report = new StatusClient(tls, timeout).ask(targets);
        spec.commandLine().getOut().print(output == Output.JSON ? report.json() : report.table());
        spec.commandLine().getOut().flush();
        return report.healthy() ? 0 : 1;
    }

    private List<StatusClient.Target> targets(List<Endpoint> endpoints) {
        if (metrics != null && metrics.size() != endpoints.size()) {
            throw new IllegalArgumentException("--metrics has %d URLs for %d endpoints; give one each"
                    .formatted(metrics.size(), endpoints.size()));
        }
        List<StatusClient.Target> targets = new ArrayList<>();
        for (int i = 0; i < endpoints.size(); i++) {
            targets.add(new StatusClient.Target(endpoints.get(i), metrics == null ? null : metrics.get(i)));
        }
        return targets;
    }
}
