package io.netsy.node.check;

/** Is told how a check goes on, for a progress bar or lines. Called by the checking thread. */
@FunctionalInterface
public interface CheckProgress {
    /**
     * So much of a step is done.
     *
     * @param step for people, for example {@code chunks}
     */
    void at(String step, long done, long total);
}
