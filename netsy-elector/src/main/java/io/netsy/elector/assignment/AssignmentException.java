package io.netsy.elector.assignment;

/** A source can't be asked, or answers nonsense; the message says what was tried, on what, and the way out. */
public final class AssignmentException extends Exception {
    private static final long serialVersionUID = 1L;

    public AssignmentException(String message) {
        super(message);
    }
}
