package io.netsy.node.cli;

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
        subcommands = {VersionCommand.class, HelpCommand.class})
public final class Netsy {
    Netsy() {}

    /** Runs the command line and exits with its code: 0 success, 1 failure, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Netsy());
    }
}
