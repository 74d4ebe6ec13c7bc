package io.netsy.node.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.netsy.node.config.NodeConfig.Log;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.logging.LogManager;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets the log up, in code: searching for and parsing a configuration file would cost more than the rest of the start.
 *
 * <p>Logback finds this class as its configurator when the first logger is made, and logs warnings as text from then on.
 * {@link #configure} then says what the node's configuration says.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final String APPENDER = "standard error";
    private static final String OWN_ROOT = "io.netsy";
    private static final String FILE_PROPERTY = "logback.configurationFile";

    /** Libraries that log, with stack traces and as warnings, what a client did wrong. */
    private static final String[] TALKATIVE = {"io.grpc", "io.netty"};

    /** For logback's service loader. */
    public Logging() {}

    /** Steps back when a file is asked for by system property, as tests do. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty(FILE_PROPERTY) != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        LineAppender appender = new LineAppender(new FileOutputStream(FileDescriptor.err));
        appender.setName(APPENDER);
        appender.setContext(context);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        levels(context, Log.Level.WARN);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs events of a level and above, in a format, from now on. */
    public static void configure(Log.Level level, Log.Format format) {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (factory instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER) instanceof LineAppender appender) {
            appender.format(format);
            levels(context, level);
            bridge();
        }
    }

    /** Our own events at the level asked for; those of libraries one level up, and faults of clients not at all. */
    private static void levels(LoggerContext context, Log.Level level) {
        Level own = Level.valueOf(level.name());
        Level others = switch (level) {
            case TRACE -> Level.DEBUG;
            case DEBUG -> Level.INFO;
            case INFO, WARN -> Level.WARN;
            case ERROR -> Level.ERROR;
        };
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(others);
        context.getLogger(OWN_ROOT).setLevel(own);
        for (String name : TALKATIVE) {
            context.getLogger(name).setLevel(own.isGreaterOrEqual(Level.INFO) ? Level.ERROR : others);
        }
    }

    /** Leads java.util.logging, which gRPC and SQLite use, here; its own level stays INFO, so that it costs nothing. */
    private static void bridge() {
        if (!SLF4JBridgeHandler.isInstalled()) {
            LogManager.getLogManager().reset();
            SLF4JBridgeHandler.install();
        }
    }
}
