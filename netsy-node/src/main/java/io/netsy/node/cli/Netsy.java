package io.netsy.node.cli;

import io.netsy.node.wiring.ElectorRunner;
import io.netsy.node.wiring.ServingNodeRunner;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The root command {@code netsy}; it does nothing by itself and lists the verbs. */
@Command(
        name = "netsy",
        description = "An etcd replacement whose durable truth is an S3 bucket.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:success", "1:failure", "2:wrong usage or configuration"},
        subcommands = {VersionCommand.class, HelpCommand.class})
public final class Netsy {
    private static final String START = "start";

    Netsy() {}

    /** Runs the command line and exits with its code: 0 success, 1 failure, 2 wrong usage. */
    public static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        if (arguments.length > 0 && arguments[0].equals(START)) {
            System.exit(start(arguments, environment, ServingNodeRunner::new));
        }
        System.exit(commandLine(environment).execute(arguments));
    }

    /** Runs {@code netsy start} and answers its exit code. */
    static int start(String[] arguments, Map<String, String> environment, StartCommand.RunnerFactory runners) {
        ServingNodeRunner.preload(mentionsS3(arguments, environment));
        return startOnly(environment, runners).execute(arguments);
    }

    private static boolean mentionsS3(String[] arguments, Map<String, String> environment) {
        return Stream.concat(Stream.of(arguments), Stream.of(environment.getOrDefault("NETSY_STORE", "")))
                .anyMatch(word -> word.contains("s3://"));
    }

    /** The whole command line. */
    static CommandLine commandLine(Map<String, String> environment) {
        CommandLine root = startOnly(environment, ServingNodeRunner::new);
        root.addSubcommand(ElectorCommand.commandLine(ElectorRunner::new, environment));
        root.addSubcommand(new StatusCommand());
        root.addSubcommand(new SwitchoverCommand());
        root.addSubcommand(ForceCommand.commandLine(environment));
        root.addSubcommand(CheckCommand.commandLine(environment));
        root.addSubcommand(ConfigCommand.commandLine(environment));
        finish(root, environment);
        return root;
    }

    /** What a start needs of it: the flags of the other verbs would cost a start a part of its time. */
    private static CommandLine startOnly(Map<String, String> environment, StartCommand.RunnerFactory runners) {
        CommandLine root = new CommandLine(new Netsy());
        CommandLine start = new CommandLine(new StartCommand(runners, environment));
        ConfigFlags.addAll(start.getCommandSpec());
        root.addSubcommand(START, start);
        finish(root, environment);
        return root;
    }

    private static void finish(CommandLine root, Map<String, String> environment) {
        root.setCaseInsensitiveEnumValuesAllowed(true);
        new Explanations(environment).install(root);
    }
}
