package io.netsy.elector.term;

/** The term register can't be read, or what stands there is none; the message names the object and the way out. */
public final class RegisterException extends Exception {
    private static final long serialVersionUID = 1L;

    public RegisterException(String message) {
        super(message);
    }
}
