package io.netsy.bench.cli;

import io.netsy.bench.load.Endpoint;
import io.netsy.bench.load.Extent;
import io.netsy.bench.proxy.DelayProxy;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a {@link DelayProxy} until it is interrupted. */
@Command(
        name = "delay-proxy",
        description = "Listens, and hands every request on after a delay; for measuring with a distant object store.",
        mixinStandardHelpOptions = true)
final class DelayProxyCommand implements Callable<Integer> {
    @Option(names = "--listen", paramLabel = "HOST:PORT", required = true, description = "Where to listen.")
    String listen = "";

    @Option(names = "--to", paramLabel = "HOST:PORT", required = true, description = "The server.")
    String server = "";

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            defaultValue = "20ms",
            description = "What each request is delayed by (default: ${DEFAULT-VALUE}).")
    String delay = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (DelayProxy proxy = DelayProxy.start(
                Endpoint.parse(listen).address(), Endpoint.parse(server).address(), Extent.parseTime(delay))) {
            proxy.join();
        }
        return 0;
    }
}
