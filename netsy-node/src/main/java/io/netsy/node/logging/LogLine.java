package io.netsy.node.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * One event as one line.
 *
 * <p>Text is {@code time LEVEL component message key=value}; JSON has the same as fields. Line breaks and control
 * characters are escaped, so that nothing a client sends can forge a line.
 */
final class LogLine {
    private static final String OWN_ROOT = "io.netsy.";
    private static final int MAX_FRAMES = 40;
    private static final long MILLIS_PER_DAY = 86_400_000;

    private final StringBuilder line = new StringBuilder(160);

    private LogLine() {}

    static String text(ILoggingEvent event) {
        LogLine text = new LogLine();
        text.appendTime(event.getTimeStamp());
        text.line.append(' ').append(event.getLevel()).append(' ').append(component(event.getLoggerName()));
        text.line.append(' ');
        text.appendEscaped(String.valueOf(event.getFormattedMessage()), false);
        for (KeyValuePair pair : pairs(event)) {
            text.line.append(' ').append(pair.key).append('=');
            text.appendValue(String.valueOf(pair.value));
        }
        IThrowableProxy failure = event.getThrowableProxy();
        if (failure != null) {
            text.line.append(" error=");
            text.appendValue(summary(failure));
            text.line.append(" stack=");
            text.appendValue(stack(failure));
        }
        return text.line.append('\n').toString();
    }

    static String json(ILoggingEvent event) {
        LogLine json = new LogLine();
        json.line.append("{\"time\":\"");
        json.appendTime(event.getTimeStamp());
        json.line.append('"');
        json.appendField("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
        json.appendField("component", component(event.getLoggerName()));
        json.appendField("message", String.valueOf(event.getFormattedMessage()));
        for (KeyValuePair pair : pairs(event)) {
            json.appendField(pair.key, String.valueOf(pair.value));
        }
        IThrowableProxy failure = event.getThrowableProxy();
        if (failure != null) {
            json.appendField("error", summary(failure));
            json.appendField("stack", stack(failure));
        }
        return json.line.append("}\n").toString();
    }

    /** The package below Netsy's own root, or another library's logger as it is. */
    static String component(String loggerName) {
        if (!loggerName.startsWith(OWN_ROOT)) {
            return loggerName;
        }
        int lastDot = loggerName.lastIndexOf('.');
        return lastDot < OWN_ROOT.length() ? loggerName : loggerName.substring(OWN_ROOT.length(), lastDot);
    }

    private static List<KeyValuePair> pairs(ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        return pairs == null ? List.of() : pairs;
    }

    private static String summary(IThrowableProxy failure) {
        return failure.getMessage() == null
                ? failure.getClassName()
                : failure.getClassName() + ": " + failure.getMessage();
    }

    private static String stack(IThrowableProxy failure) {
        StringBuilder stack = new StringBuilder();
        int frames = 0;
        for (IThrowableProxy cause = failure; cause != null && frames < MAX_FRAMES; cause = cause.getCause()) {
            if (frames > 0) {
                stack.append(" caused by ").append(summary(cause)).append(':');
            }
            for (StackTraceElementProxy frame : cause.getStackTraceElementProxyArray()) {
                if (frames++ == MAX_FRAMES) {
                    break;
                }
                stack.append(stack.isEmpty() ? "" : " ").append(frame.getStackTraceElement());
            }
        }
        return stack.toString();
    }

    private void appendField(String name, String value) {
        line.append(",\"");
        appendEscaped(name, true);
        line.append("\":\"");
        appendEscaped(value, true);
        line.append('"');
    }

    /** The value as it is, or in quotes when it would not be read back as one word. */
    private void appendValue(String value) {
        boolean plain =
                !value.isEmpty() && value.chars().noneMatch(letter -> letter <= ' ' || letter == '"' || letter == '=');
        if (plain) {
            appendEscaped(value, false);
        } else {
            line.append('"');
            appendEscaped(value, true);
            line.append('"');
        }
    }

    private void appendEscaped(String raw, boolean quoted) {
        for (int i = 0; i < raw.length(); i++) {
            char letter = raw.charAt(i);
            switch (letter) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                case '"' -> line.append(quoted ? "\\\"" : "\"");
                case '\\' -> line.append(quoted ? "\\\\" : "\\");
                default -> {
                    if (letter < ' ' || letter == 0x7f) {
                        appendUnicode(letter);
                    } else {
                        line.append(letter);
                    }
                }
            }
        }
    }

    private void appendUnicode(char letter) {
        line.append("\\u00").append(Character.forDigit(letter >> 4, 16)).append(Character.forDigit(letter & 15, 16));
    }

    /** {@code 2026-01-02T03:04:05.678Z}; by hand, since a formatter costs more at the start than all else here. */
    private void appendTime(long epochMillis) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(epochMillis, MILLIS_PER_DAY));
        int ofDay = (int) Math.floorMod(epochMillis, MILLIS_PER_DAY);
        appendPadded(date.getYear(), 4).append('-');
        appendPadded(date.getMonthValue(), 2).append('-');
        appendPadded(date.getDayOfMonth(), 2).append('T');
        appendPadded(ofDay / 3_600_000, 2).append(':');
        appendPadded(ofDay / 60_000 % 60, 2).append(':');
        appendPadded(ofDay / 1000 % 60, 2).append('.');
        appendPadded(ofDay % 1000, 3).append('Z');
    }

    private StringBuilder appendPadded(int number, int width) {
        String digits = Integer.toString(number);
        return line.repeat('0', width - digits.length()).append(digits);
    }
}
