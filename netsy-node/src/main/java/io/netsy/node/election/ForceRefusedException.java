package io.netsy.node.election;

/** An operator's word that a term may begin without enough voters was not for what is there; nobody is made primary by it. */
public final class ForceRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    public ForceRefusedException(String reason) {
        super(reason);
    }
}
