package io.netsy.bench.load;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a load goes on: a number of operations or a time. */
public sealed interface Extent {

    /** So many operations, the failed ones included. */
    record Operations(long count) implements Extent {
        public Operations {
            if (count < 0) {
                throw new IllegalArgumentException(count + " operations");
            }
        }
    }

    /** Operations begin until this time is over. */
    record Time(Duration length) implements Extent {
        public Time {
            if (length.isNegative()) {
                throw new IllegalArgumentException("a load of " + length);
            }
        }
    }

    /** No load at all. */
    Extent NONE = new Operations(0);

    Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)");

    /**
     * Reads {@code 150000} (operations) or {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}.
     *
     * @throws IllegalArgumentException when the text is neither
     */
    static Extent parse(String text) {
        String plain = text.strip().replace("_", "").replace(",", "");
        if (plain.matches("\\d{1,18}")) {
            return new Operations(Long.parseLong(plain));
        }
        return new Time(parseTime(text));
    }

    /** Reads a time alone. */
    static Duration parseTime(String text) {
        Matcher matcher = TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'%s' is no time such as 500ms, 10s, 2m".formatted(text));
        }
        double millis = Double.parseDouble(matcher.group(1))
                * switch (matcher.group(2)) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m" -> 60_000;
                    default -> 3_600_000;
                };
        return Duration.ofMillis(Math.round(millis));
    }
}
