package io.netsy.node.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The real command line in this process: what it answers, and what it writes where. */
final class Cli {
    private Cli() {}

    /** What a run of the command line came to. */
    record Ran(int code, String out, String err) {
        /** The lines on standard error. */
        List<String> errors() {
            return err.lines().toList();
        }
    }

    static Ran run(String... arguments) {
        return run(Map.of(), arguments);
    }

    static Ran run(Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine commandLine = Netsy.commandLine(environment);
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        int code = commandLine.execute(arguments);
        return new Ran(code, out.toString(), err.toString());
    }
}
