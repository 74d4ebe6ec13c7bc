package io.netsy.elector.assignment.rest;

/** There was no answer, or none that is whole; whether the request had an effect is unknown. */
public final class RestException extends Exception {
    private static final long serialVersionUID = 1L;

    public RestException(String message) {
        super(message);
    }
}
