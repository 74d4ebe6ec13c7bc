package io.netsy.node.objectstore;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the durable truth lies, as an operator writes it: {@code file:DIR} or {@code s3://BUCKET/PREFIX}. */
public sealed interface StoreUri {

    /** A folder of the local file system. */
    record FileUri(Path folder) implements StoreUri {
        public FileUri {
            folder = folder.toAbsolutePath().normalize();
        }

        @Override
        public String toString() {
            return "file:" + folder;
        }
    }

    /**
     * A bucket, and in it the folder under which all keys lie.
     *
     * @param prefix without slashes at its ends; empty for the whole bucket
     */
    record S3Uri(String bucket, String prefix) implements StoreUri {
        public S3Uri {
            if (!BUCKET.matcher(bucket).matches()) {
                throw Parser.invalid(
                        "s3://" + bucket, "\"" + bucket + "\" is no bucket name: 3 to 63 of a-z 0-9 . - _ are");
            }
            if (bucket.endsWith(DIRECTORY_BUCKET_SUFFIX)) {
                throw Parser.invalid(
                        "s3://" + bucket,
                        "a directory bucket (S3 Express One Zone) does not list its keys in order; use a general"
                                + " purpose bucket");
            }
            if (!prefix.isEmpty()) {
                ObjectKeys.check(prefix);
            }
        }

        private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]");
        private static final String DIRECTORY_BUCKET_SUFFIX = "--x-s3";

        /** What stands before every key in the bucket: the prefix and a slash, or nothing. */
        public String keyPrefix() {
            return prefix.isEmpty() ? "" : prefix + "/";
        }

        @Override
        public String toString() {
            return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
        }
    }

    /**
     * Reads what an operator wrote.
     *
     * @throws IllegalArgumentException saying what is wrong with it and how it should look
     */
    static StoreUri parse(String text) {
        return Parser.parse(text.strip());
    }

    /** The grammar of store URIs. */
    final class Parser {

        private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)");

        private Parser() {}

        private static StoreUri parse(String text) {
            Matcher matcher = SCHEME.matcher(text);
            if (!matcher.matches()) {
                throw invalid(
                        text, text.isEmpty() ? "it is empty" : "it has no scheme; did you mean file:" + text + "?");
            }
            String rest = matcher.group(2);
            return switch (matcher.group(1).toLowerCase(Locale.ROOT)) {
                case "file" -> parseFile(text, rest);
                case "s3" -> parseS3(text, rest);
                case "http", "https" ->
                    throw invalid(text, "an address of a server goes to --s3-endpoint, the bucket here");
                default -> throw invalid(text, "\"" + matcher.group(1) + "\" is neither file nor s3");
            };
        }

        private static StoreUri parseFile(String text, String rest) {
            String folder = rest;
            if (rest.startsWith("//")) {
                if (!rest.startsWith("///")) {
                    throw invalid(text, "a host in a file URI can't be reached; write file:DIR or file:///DIR");
                }
                folder = rest.substring(2);
            }
            if (folder.isEmpty()) {
                throw invalid(text, "the folder is missing");
            }
            try {
                return new FileUri(Path.of(folder));
            } catch (InvalidPathException e) {
                throw invalid(text, e.getReason());
            }
        }

        private static StoreUri parseS3(String text, String rest) {
            if (!rest.startsWith("//")) {
                throw invalid(text, "two slashes come after s3:");
            }
            if (rest.indexOf('?') >= 0 || rest.indexOf('#') >= 0) {
                throw invalid(text, "options are not part of it; they are --s3-endpoint, --s3-region and so on");
            }
            int slash = rest.indexOf('/', 2);
            String bucket = slash < 0 ? rest.substring(2) : rest.substring(2, slash);
            if (bucket.isEmpty()) {
                throw invalid(text, "the bucket is missing");
            }
            return new S3Uri(bucket, slash < 0 ? "" : withoutEndingSlash(rest.substring(slash + 1)));
        }

        private static String withoutEndingSlash(String prefix) {
            return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
        }

        private static IllegalArgumentException invalid(String text, String reason) {
            return new IllegalArgumentException(
                    "store \"" + text + "\" is not understood: " + reason + ". Use file:DIR or s3://BUCKET/PREFIX");
        }
    }
}
