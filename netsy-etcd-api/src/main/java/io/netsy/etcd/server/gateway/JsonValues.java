package io.netsy.etcd.server.gateway;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a stream of bytes into the JSON objects that it is made of, which may stand one after another or be separated by
 * white space. It looks at strings and brackets alone; what is between them is the parser's to judge.
 */
final class JsonValues {
    /** Deeper than any message of etcd is. */
    private static final int MAX_DEPTH = 100;

    private final int maxBytes;
    private final ByteArrayOutputStream value = new ByteArrayOutputStream();
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean broken;

    /** @param maxBytes of one object */
    JsonValues(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes the next bytes, and answers the objects that they complete. */
    List<byte[]> add(byte[] piece) {
        List<byte[]> complete = new ArrayList<>(1);
        for (int i = 0; i < piece.length && !broken; i++) {
            byte letter = piece[i];
            if (depth == 0 && isSpace(letter)) {
                continue;
            }
            value.write(letter);
            see(letter);
            if (depth == 0 && !broken) {
                complete.add(value.toByteArray());
                value.reset();
            }
        }
        return complete;
    }

    /** Whether what came can't be an object, or is too large or too deep: nothing is taken any more. */
    boolean isBroken() {
        return broken;
    }

    /** Whether an object has begun and not ended. */
    boolean isIncomplete() {
        return depth > 0;
    }

    private void see(byte letter) {
        if (escaped) {
            escaped = false;
        } else if (inString) {
            escaped = letter == '\\';
            inString = letter != '"';
        } else {
            switch (letter) {
                case '"' -> inString = true;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
        }
        boolean noObject = value.size() == 1 && letter != '{';
        broken = noObject || depth > MAX_DEPTH || value.size() > maxBytes;
    }

    private static boolean isSpace(byte letter) {
        return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
    }
}
