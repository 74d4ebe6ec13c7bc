package io.netsy.node.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The verb {@code netsy version}: prints the version of the program and of the Java runtime. */
@Command(name = "version", description = "Print the version of Netsy and of the Java runtime.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
    private static final String RESOURCE = "version.properties";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        for (String line : getVersion()) {
            spec.commandLine().getOut().println(line);
        }
        return ExitCode.OK;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"netsy " + programVersion(), "java " + Runtime.version()};
    }

    private static String programVersion() {
        try (InputStream input = VersionCommand.class.getResourceAsStream(RESOURCE)) {
            Properties properties = new Properties();
            properties.load(Objects.requireNonNull(input, RESOURCE));
            return properties.getProperty("version", "unknown");
        } catch (IOException failure) {
            throw new UncheckedIOException("reading " + RESOURCE + " from the program's own jar failed", failure);
        }
    }
}
