package io.netsy.node.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.function.LongSupplier;

/**
 * How far long work is: a bar that is drawn over itself on a terminal, a line every few seconds elsewhere. Short work
 * shows nothing elsewhere. For one thread.
 */
final class Progress implements AutoCloseable {
    private static final int BAR_WIDTH = 30;
    private static final long BAR_PERIOD_NANOS = 100_000_000L;
    private static final long LINE_PERIOD_NANOS = 5_000_000_000L;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter out;
    private final LongSupplier nanoTime;
    private final boolean terminal;
    private long nextNanos;
    private boolean drawn;

    Progress(PrintWriter out, LongSupplier nanoTime, boolean terminal) {
        this.out = out;
        this.nanoTime = nanoTime;
        this.terminal = terminal;
        this.nextNanos = nanoTime.getAsLong() + period();
    }

    /** Shows progress in whatever way the process's standard streams allow. */
    @SuppressWarnings("SystemConsoleNull") // it is null again where streams are redirected, since JDK 25
    static Progress on(PrintWriter out, LongSupplier nanoTime) {
        Console console = System.console();
        return new Progress(out, nanoTime, console != null && console.isTerminal());
    }

    /** So much of a step is done. */
    void at(String step, long done, long total) {
        long now = nanoTime.getAsLong();
        if (now - nextNanos < 0) {
            return;
        }
        nextNanos = now + period();
        if (terminal) {
            out.print(ERASE_LINE + bar(step, done, total));
            out.flush();
            drawn = true;
        } else {
            out.println("netsy: checking %s: %d of %d".formatted(step, done, total));
        }
    }

    private long period() {
        return terminal ? BAR_PERIOD_NANOS : LINE_PERIOD_NANOS;
    }

    private static String bar(String step, long done, long total) {
        double share = total <= 0 ? 0 : Math.min(1, (double) done / total);
        int filled = (int) (share * BAR_WIDTH);
        return "[%s%s] %3d%% %s"
                .formatted("#".repeat(filled), ".".repeat(BAR_WIDTH - filled), (int) (share * 100), step);
    }

    /** Takes the bar away. */
    @Override
    public void close() {
        if (drawn) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }
}
