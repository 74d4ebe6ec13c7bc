package io.netsy.node.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts what went wrong into one line: what was tried, why it failed, the way out. The stack is only for who asks for it. */
final class Explanations {
    private static final String DEBUG_VARIABLE = "NETSY_DEBUG";

    private final Map<String, String> environment;

    Explanations(Map<String, String> environment) {
        this.environment = environment;
    }

    void install(CommandLine root) {
        root.setExecutionExceptionHandler(this::ofFailure);
        root.setParameterExceptionHandler(this::ofUsage);
    }

    private int ofFailure(Exception failure, CommandLine command, ParseResult ignored) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        command.getErr().println("netsy: " + oneLine(message));
        if (environment.containsKey(DEBUG_VARIABLE)) {
            failure.printStackTrace(command.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private int ofUsage(ParameterException wrong, String[] ignored) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String message = oneLine(String.valueOf(wrong.getMessage()));
        command.getErr().println("%s: %s%s; see '%s --help'".formatted(name, message, suggestion(wrong), name));
        return CommandLine.ExitCode.USAGE;
    }

    private static String suggestion(ParameterException wrong) {
        List<String> names =
                wrong instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        return names.isEmpty() ? "" : "; did you mean '" + names.getFirst() + "'?";
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
