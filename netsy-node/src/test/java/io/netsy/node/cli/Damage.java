package io.netsy.node.cli;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What can happen to a file. */
final class Damage {
    private static final int MAX_SNAPSHOT_BYTES = 1 << 20;

    private Damage() {}

    static void flipBit(Path file, int offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[offset] ^= 0x10;
        Files.write(file, bytes);
    }

    static void flipBitInTheMiddle(Path file) throws IOException {
        flipBit(file, (int) (Files.size(file) / 2));
    }

    static void cutInHalf(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    }

    static void replace(Path file, String from, String to) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        if (!text.contains(from)) {
            throw new IllegalStateException(file + " has no " + from + ": " + text);
        }
        Files.writeString(file, text.replace(from, to));
    }

    /** Makes a snapshot say that it is of a format that will come. */
    static void makeSnapshotNewer(Path file) throws IOException {
        byte[] plain = Zstd.decompress(Files.readAllBytes(file), MAX_SNAPSHOT_BYTES);
        ByteBuffer.wrap(plain).putShort(4, (short) 99);
        Files.write(file, Zstd.compress(plain));
    }

    /** Replaces every place where the pattern is found, of which there must be one. */
    static void replaceAll(Path file, Pattern pattern, String to) throws IOException {
        Matcher matcher = pattern.matcher(Files.readString(file, StandardCharsets.UTF_8));
        if (!matcher.find()) {
            throw new IllegalStateException(file + " has no " + pattern);
        }
        Files.writeString(file, matcher.replaceAll(Matcher.quoteReplacement(to)));
    }

    /** Replaces every place in a binary file by as many bytes. */
    static void replaceBytes(Path file, String from, String to) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (!text.contains(from)) {
            throw new IllegalStateException(file + " has no " + from);
        }
        Files.writeString(file, text.replace(from, to), StandardCharsets.ISO_8859_1);
    }
}
