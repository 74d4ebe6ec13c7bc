package io.netsy.node.config;

import io.netsy.node.objectstore.StoreUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The types that options have. */
final class OptionTypes {
    static final OptionType<String> TEXT = new Plain<>("TEXT", OptionTypes::parseText);
    static final OptionType<Boolean> BOOLEAN = new Plain<>("true|false", OptionTypes::parseBoolean);
    static final OptionType<Integer> INTEGER = new Plain<>("NUMBER", OptionTypes::parseInteger);
    static final OptionType<Path> PATH = new Plain<>("PATH", OptionTypes::parsePath);
    static final OptionType<URI> URL = new Plain<>("URL", OptionTypes::parseUrl);
    static final OptionType<HostPort> HOST_PORT = new Plain<>("HOST:PORT", HostPort::parse);
    static final OptionType<StoreUri> STORE = new Plain<>("URI", StoreUri::parse);
    static final OptionType<Duration> DURATION = new DurationType();
    static final OptionType<Long> SIZE = new SizeType();
    static final OptionType<List<String>> TEXTS = new ListOf<>(TEXT);
    static final OptionType<List<URI>> URLS = new ListOf<>(URL);

    private OptionTypes() {}

    static <E extends Enum<E>> OptionType<E> oneOf(Class<E> values) {
        return new OneOf<>(values);
    }

    private static String parseText(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("the value is empty");
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the value has a control character in it");
        }
        return text;
    }

    private static boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }

    private static int parseInteger(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number", malformed);
        }
    }

    private static Path parsePath(String text) {
        try {
            return Path.of(parseText(text));
        } catch (InvalidPathException malformed) {
            throw new IllegalArgumentException("'" + text + "' is not a path: " + malformed.getReason(), malformed);
        }
    }

    private static URI parseUrl(String text) {
        try {
            URI url = new URI(text);
            if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                throw new IllegalArgumentException("'" + text + "' is not a URL; write it as https://host:port");
            }
            return url;
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException("'" + text + "' is not a URL: " + malformed.getReason(), malformed);
        }
    }

    private record Plain<T>(String placeholder, Function<String, T> parser) implements OptionType<T> {
        @Override
        public T parse(String text) {
            return parser.apply(text);
        }

        @Override
        public String render(T value) {
            return String.valueOf(value);
        }
    }

    /** A number and a unit: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 12h}, {@code 7d}; 0 needs no unit. */
    private static final class DurationType implements OptionType<Duration> {
        @Override
        public String placeholder() {
            return "DURATION";
        }

        @Override
        public Duration parse(String text) {
            int digits = countDigits(text);
            String unit = text.substring(digits);
            if (digits == 0 || (unit.isEmpty() && !text.equals("0"))) {
                throw malformed(text);
            }
            try {
                long amount = Long.parseLong(text.substring(0, digits));
                return switch (unit) {
                    case "", "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    case "d" -> Duration.ofDays(amount);
                    default -> throw malformed(text);
                };
            } catch (NumberFormatException | ArithmeticException tooLarge) {
                throw new IllegalArgumentException("'" + text + "' is too long a time", tooLarge);
            }
        }

        @Override
        public String render(Duration value) {
            long millis = value.toMillis();
            if (millis == 0) {
                return "0";
            }
            if (millis % 1000 != 0) {
                return millis + "ms";
            }
            long seconds = millis / 1000;
            if (seconds % 86_400 == 0) {
                return seconds / 86_400 + "d";
            }
            if (seconds % 3600 == 0) {
                return seconds / 3600 + "h";
            }
            return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
        }

        private static IllegalArgumentException malformed(String text) {
            return new IllegalArgumentException(
                    "'" + text + "' is not a duration; write it as 250ms, 10s, 5m, 12h or 7d");
        }
    }

    /** Bytes: {@code 1572864}, {@code 64KiB}, {@code 64MiB}, {@code 8GiB}, {@code 1TiB}. */
    private static final class SizeType implements OptionType<Long> {
        private static final List<String> UNITS = List.of("", "KiB", "MiB", "GiB", "TiB");

        @Override
        public String placeholder() {
            return "SIZE";
        }

        @Override
        public Long parse(String text) {
            int digits = countDigits(text);
            int unit = UNITS.indexOf(text.substring(digits));
            if (digits == 0 || unit < 0) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a size; write it as a number of bytes or as 64KiB, 64MiB, 8GiB or 1TiB");
            }
            try {
                return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), 1L << (10 * unit));
            } catch (NumberFormatException | ArithmeticException tooLarge) {
                throw new IllegalArgumentException("'" + text + "' is too large a size", tooLarge);
            }
        }

        @Override
        public String render(Long value) {
            int unit = value == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(value) / 10, UNITS.size() - 1);
            return (value >> (10 * unit)) + UNITS.get(unit);
        }
    }

    /** Values separated by commas; in the YAML file also a sequence. */
    private record ListOf<T>(OptionType<T> element) implements OptionType<List<T>> {
        @Override
        public String placeholder() {
            return element.placeholder() + "[,…]";
        }

        @Override
        public List<T> parse(String text) {
            return text.isBlank()
                    ? List.of()
                    : List.of(text.split(",", -1)).stream()
                            .map(item -> element.parse(item.strip()))
                            .toList();
        }

        @Override
        public String render(List<T> values) {
            return values.stream().map(element::render).collect(Collectors.joining(","));
        }
    }

    private record OneOf<E extends Enum<E>>(Class<E> values) implements OptionType<E> {
        @Override
        public String placeholder() {
            return names("|");
        }

        @Override
        public E parse(String text) {
            for (E value : values.getEnumConstants()) {
                if (render(value).equalsIgnoreCase(text)) {
                    return value;
                }
            }
            throw new IllegalArgumentException("'" + text + "' is none of " + names(", "));
        }

        @Override
        public String render(E value) {
            return value.name().toLowerCase(Locale.ROOT);
        }

        private String names(String separator) {
            return List.of(values.getEnumConstants()).stream().map(this::render).collect(Collectors.joining(separator));
        }
    }

    private static int countDigits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits;
    }
}
