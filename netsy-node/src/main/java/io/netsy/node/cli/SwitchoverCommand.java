package io.netsy.node.cli;

import io.netsy.node.status.ClientTls;
import io.netsy.node.status.Endpoint;
import io.netsy.node.status.SwitchoverClient;
import io.netsy.node.status.SwitchoverClient.Switched;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code netsy switchover}: has another node made primary, in good order. */
@Command(
        name = "switchover",
        description = "Makes another node primary: the one there is finishes what is under way and hands over.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:that node is primary", "1:it is not; the message says why", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  netsy switchover --to node-b",
            "      asks the node on 127.0.0.1:2379, which may be any of the cluster",
            "  netsy switchover --to node-b --endpoints 10.0.0.1:2379,10.0.0.2:2379 --cacert ca.pem --cert client.pem --key client.key"
        })
final class SwitchoverCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--to",
            paramLabel = "NODE",
            required = true,
            description = "The name of the node, as in cluster.nodes.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String to;

    @Mixin
    @SuppressWarnings("NullAway.Init") // set by picocli
    private ClientFlags client;

    @Override
    public Integer call() throws Exception {
        ClientTls tls;
        List<Endpoint> endpoints;
        Duration timeout;
        try {
            tls = client.tls();
            endpoints = client.endpoints();
            timeout = client.timeout();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Switched result = new SwitchoverClient(tls, timeout).switchTo(endpoints, to);
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                result.isChange()
                        ? "'%s' is primary; it was '%s'".formatted(to, result.before())
                        : "'%s' is primary already".formatted(to));
        out.flush();
        return 0;
    }
}
