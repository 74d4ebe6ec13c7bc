package io.netsy.node.cli;

import io.netsy.elector.term.TermRegister;
import io.netsy.node.config.ConfigException;
import io.netsy.node.config.ConfigInputs;
import io.netsy.node.config.ConfigLoader;
import io.netsy.node.config.NodeConfig;
import io.netsy.node.election.ForceRefusedException;
import io.netsy.node.election.Survey;
import io.netsy.node.wiring.Forcing;
import io.netsy.node.wiring.StartChecks;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code netsy force}: has a node made primary though too few are left to say what was acknowledged. */
@Command(
        name = "force",
        description = "Makes a node primary though too few nodes are left for an election, which may lose acknowledged"
                + " writes. Without --accept-loss-after it changes nothing: it says what is there and exactly what may"
                + " be lost. Stop the nodes that are given up before: what they go on to acknowledge is lost as well,"
                + " and what is read from them may be old.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:that node is primary",
            "1:it is not, or nothing was to be changed; what is printed says why",
            "2:wrong usage or configuration"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  netsy force --config /etc/netsy/netsy.yaml --node node-a",
            "      the nodes' own configuration file; says what is there, and what may be lost",
            "  netsy force --config /etc/netsy/netsy.yaml --node node-a --accept-loss-after 4711",
            "      does it, if what may be lost is still what is behind index 4711"
        })
final class ForceCommand implements Callable<Integer> {
    private static final String NAME = "name";

    /** Who decided, in the term register: no node may be called so. */
    private static final String SELF = "netsy-force";

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--node",
            paramLabel = "NODE",
            required = true,
            description = "The name of the node that is to be primary, as in cluster.nodes.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String node;

    @Option(
            names = "--accept-loss-after",
            paramLabel = "INDEX",
            description =
                    "Do it: what was acknowledged behind this log index may be lost. It must be the index that the"
                            + " command says without this option.")
    private @Nullable Long acceptLossAfter;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who says so; it is kept in the term register. Default: the user that runs the command.")
    private @Nullable String by;

    @Option(
            names = "--timeout-seconds",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Longest wait for the election, and for the node to serve. Default: 60.")
    private int timeoutSeconds;

    private final Map<String, String> environment;

    private ForceCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine force = new CommandLine(new ForceCommand(environment));
        ConfigFlags.add(force.getCommandSpec(), option -> !option.key().equals(NAME) && ElectorCommand.counts(option));
        return force;
    }

    @Override
    public Integer call() throws Exception {
        NodeConfig config;
        try {
            config = ConfigLoader.loadForElector(inputs()).config();
            StartChecks.elector(config);
        } catch (ConfigException wrong) {
            return ConfigFlags.explain(spec.commandLine().getErr(), wrong);
        }
        if (timeoutSeconds < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--timeout-seconds must be at least 1, not " + timeoutSeconds);
        }
        try (Forcing forcing = Forcing.open(config)) {
            if (!forcing.nodes().contains(node)) {
                throw new ParameterException(
                        spec.commandLine(), "'%s' is no node of cluster.nodes (%s)".formatted(node, forcing.nodes()));
            }
            return run(forcing);
        }
    }

    /** The command is no node, whatever name the file has. */
    private ConfigInputs inputs() {
        ConfigInputs given = ConfigFlags.inputs(spec, environment);
        Map<String, String> flags = new HashMap<>(given.flags());
        flags.put(NAME, SELF);
        return new ConfigInputs(given.file(), given.environment(), flags, given.dev());
    }

    private int run(Forcing forcing) throws Exception {
        Survey survey = forcing.survey();
        survey.lines().forEach(this::say);
        Optional<String> refusal = survey.refusal(node);
        long lossAfter = survey.end().index();
        if (refusal.isPresent()) {
            return fail("nothing was changed: " + refusal.get());
        }
        if (acceptLossAfter == null) {
            return fail(
                    "nothing was changed. Once the nodes that do not answer are stopped for certain, '%s' becomes primary with --accept-loss-after %d"
                            .formatted(node, lossAfter));
        }
        if (acceptLossAfter != lossAfter) {
            return fail("nothing was changed: what may be lost is behind index %d, not behind index %d"
                    .formatted(lossAfter, acceptLossAfter));
        }
        return force(forcing, survey);
    }

    private int force(Forcing forcing, Survey survey) throws InterruptedException {
        Duration patience = Duration.ofSeconds(timeoutSeconds);
        String who = by == null ? System.getProperty("user.name", "unknown") : by;
        try {
            TermRegister register = forcing.force(forcing.waiver(survey, node, who), patience);
            say("'%s' is named for term %d, after index %d; the term register says that %s forced it"
                    .formatted(node, register.term(), survey.end().index(), who));
            if (!forcing.awaitServing(register, patience)) {
                return fail("'%s' does not serve within %d seconds; see its log".formatted(node, timeoutSeconds));
            }
            say("'%s' is primary".formatted(node));
            return 0;
        } catch (ForceRefusedException e) {
            return fail(
                    "nobody was made primary: %s. Look again without --accept-loss-after".formatted(e.getMessage()));
        } catch (TimeoutException e) {
            return fail(String.valueOf(e.getMessage()));
        }
    }

    private void say(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private int fail(String line) {
        spec.commandLine().getErr().println("netsy: " + line);
        return 1;
    }
}
