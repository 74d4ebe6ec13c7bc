package io.netsy.node.cli;

import io.netsy.node.wiring.SoloNodeRunner;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;

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
    private static final String DEBUG_VARIABLE = "NETSY_DEBUG";

    Netsy() {}

    /** Runs the command line and exits with its code: 0 success, 1 failure, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine root = new CommandLine(new Netsy());
        CommandLine start = new CommandLine(new StartCommand(SoloNodeRunner::new));
        StartCommand.addFlags(start.getCommandSpec());
        root.addSubcommand(start);
        root.setExecutionExceptionHandler(Netsy::explain);
        return root;
    }

    /** One line: what was tried, why it failed, the way out; the stack only for who asks for it. */
    private static int explain(Exception failure, CommandLine command, ParseResult ignored) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        command.getErr().println("netsy: " + message);
        if (System.getenv(DEBUG_VARIABLE) != null) {
            failure.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
