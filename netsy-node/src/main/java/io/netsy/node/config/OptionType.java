package io.netsy.node.config;

/** How an option's text is read and written. */
public interface OptionType<T> {
    /** What help texts put in the value's place, for example {@code DURATION}. */
    String placeholder();

    /**
     * Reads the value.
     *
     * @throws IllegalArgumentException when the text is malformed; its message says why and how to write it
     */
    T parse(String text);

    /** The value as a user would write it; {@link #parse} reads it back. */
    String render(T value);
}
