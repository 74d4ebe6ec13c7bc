package io.netsy.node.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.netsy.node.config.NodeConfig.Log;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes each event's line with one write, so that lines of several threads never mix. */
final class LineAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private final OutputStream out;
    private volatile Log.Format format = Log.Format.TEXT;

    LineAppender(OutputStream out) {
        this.out = out;
    }

    void format(Log.Format newFormat) {
        format = newFormat;
    }

    @Override
    protected void append(ILoggingEvent event) {
        String line = switch (format) {
            case TEXT -> LogLine.text(event);
            case JSON -> LogLine.json(event);
        };
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            synchronized (out) {
                out.write(bytes);
                out.flush();
            }
        } catch (IOException nobodyReads) {
            addError("the log can't be written", nobodyReads);
        }
    }
}
